"use client";

import type { ReactNode } from "react";

import { Sheet, SheetContent, SheetDescription, SheetTitle } from "@/components/ui/sheet";

type Props = { open: boolean; onOpenChange: (open: boolean) => void; children: ReactNode };

/** The sidebar as a drawer. */
export default function MobileSidebar({ open, onOpenChange, children }: Props) {
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent>
        <SheetTitle className="sr-only">Menu</SheetTitle>
        <SheetDescription className="sr-only">Chats, pages and your account.</SheetDescription>
        {children}
      </SheetContent>
    </Sheet>
  );
}
