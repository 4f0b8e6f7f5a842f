"use client";

import { ScrollArea as ScrollPrimitive } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

export function ScrollArea({ className, children, ...props }: ComponentProps<typeof ScrollPrimitive.Root>) {
  return (
    <ScrollPrimitive.Root
      data-slot="scroll-area"
      className={cn("relative overflow-hidden", className)}
      {...props}
    >
      {/* A region that scrolls must be reachable without a pointer. */}
      <ScrollPrimitive.Viewport tabIndex={0} className="size-full rounded-[inherit]">
        {children}
      </ScrollPrimitive.Viewport>
      <ScrollPrimitive.Scrollbar className="flex w-2.5 touch-none p-px select-none">
        <ScrollPrimitive.Thumb className="relative flex-1 rounded-full bg-border" />
      </ScrollPrimitive.Scrollbar>
    </ScrollPrimitive.Root>
  );
}
