"use client";

import { X } from "lucide-react";
import { Dialog as SheetPrimitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/lib/cn";
import { t } from "@/messages/common";

import { overlayClasses } from "./dialog";
import { useReturnFocus } from "./use-return-focus";

export const Sheet = SheetPrimitive.Root;
export const SheetTrigger = SheetPrimitive.Trigger;
export const SheetClose = SheetPrimitive.Close;
export const SheetTitle = SheetPrimitive.Title;
export const SheetDescription = SheetPrimitive.Description;

const SIDES = {
  left: "left-0 data-[state=open]:slide-in-from-left data-[state=closed]:slide-out-to-left",
  right: "right-0 data-[state=open]:slide-in-from-right data-[state=closed]:slide-out-to-right",
};

type ContentProps = ComponentProps<typeof SheetPrimitive.Content> & { side?: keyof typeof SIDES };

/** A drawer from an edge: the left one unless another is asked for. */
export function SheetContent({ className, side = "left", ...props }: ContentProps) {
  const returnFocus = useReturnFocus();
  return (
    <SheetPrimitive.Portal>
      <SheetPrimitive.Overlay data-slot="sheet-overlay" className={overlayClasses} />
      <SheetPrimitive.Content
        data-slot="sheet-content"
        className={cn(
          "fixed inset-y-0 z-50 flex h-dvh w-72 max-w-[85vw] flex-col bg-sidebar shadow-xl outline-hidden duration-200 data-[state=open]:animate-in data-[state=closed]:animate-out",
          SIDES[side],
          className,
        )}
        {...returnFocus}
        {...props}
      />
    </SheetPrimitive.Portal>
  );
}

/** At the top of a drawer: what it holds, a line about it, and the way out. */
export function SheetHeader({ title, text }: { title: ReactNode; text: ReactNode }) {
  return (
    <div className="flex items-start gap-4 border-b px-5 py-4">
      <div className="min-w-0 flex-1">
        <SheetTitle className="font-semibold wrap-anywhere">{title}</SheetTitle>
        <SheetDescription className="mt-0.5 text-sm text-pretty text-muted-foreground">
          {text}
        </SheetDescription>
      </div>
      <SheetClose
        aria-label={t("close")}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground pointer-coarse:size-11"
      >
        <X aria-hidden className="size-4" />
      </SheetClose>
    </div>
  );
}
