"use client";

import { ChevronDown, type LucideIcon } from "lucide-react";
import { type ReactNode, useId } from "react";

import { cn } from "@/lib/cn";

type Props = {
  icon: LucideIcon;
  label: ReactNode;
  /** Whether it is about something that goes on right now. */
  live?: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
};

/** A line that unfolds into what is behind an answer; folded, its contents are not built. */
export function Fold({ icon: Icon, label, live = false, open, onOpenChange, children }: Props) {
  const id = useId();
  return (
    <div className="rounded-xl border">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => onOpenChange(!open)}
        className="flex min-h-10 w-full items-center gap-2 rounded-xl px-3 text-left text-sm text-muted-foreground hover:text-foreground pointer-coarse:min-h-11"
      >
        <Icon aria-hidden className={cn("size-4 shrink-0", live && "motion-safe:animate-pulse")} />
        <span className="min-w-0 truncate">{label}</span>
        <ChevronDown
          aria-hidden
          className={cn(
            "ml-auto size-4 shrink-0 transition-transform motion-reduce:transition-none",
            open && "rotate-180",
          )}
        />
      </button>
      <div id={id} hidden={!open} className="border-t px-4 py-3">
        {open ? children : null}
      </div>
    </div>
  );
}
