"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";

import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from "@/components/ui/sheet";
import { t } from "@/messages/common";

type Props = { open: boolean; onOpenChange: (open: boolean) => void; children: ReactNode };

/** The sidebar as a drawer. */
export default function MobileSidebar({ open, onOpenChange, children }: Props) {
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent>
        <SheetTitle className="sr-only">{t("menu.title")}</SheetTitle>
        <SheetDescription className="sr-only">{t("menu.about")}</SheetDescription>
        {children}
        <SheetClose className="absolute top-1 right-1 inline-flex size-11 items-center justify-center rounded-lg text-muted-foreground hover:bg-accent hover:text-foreground">
          <X aria-hidden className="size-5" />
          <span className="sr-only">{t("menu.close")}</span>
        </SheetClose>
      </SheetContent>
    </Sheet>
  );
}
