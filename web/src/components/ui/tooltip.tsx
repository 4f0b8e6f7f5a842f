"use client";

import { Tooltip as TooltipPrimitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

import { cn } from "@/lib/cn";

export const TooltipProvider = TooltipPrimitive.Provider;

type Props = ComponentProps<typeof TooltipPrimitive.Content> & { text: ReactNode; children: ReactNode };

/** Names what it wraps, on hover and on focus. The wrapped control still needs its own accessible name. */
export function Tooltip({ text, children, className, sideOffset = 6, ...props }: Props) {
  return (
    <TooltipPrimitive.Root>
      <TooltipPrimitive.Trigger asChild>{children}</TooltipPrimitive.Trigger>
      <TooltipPrimitive.Portal>
        <TooltipPrimitive.Content
          data-slot="tooltip-content"
          sideOffset={sideOffset}
          collisionPadding={8}
          className={cn(
            "z-50 max-w-xs rounded-md bg-foreground px-2.5 py-1.5 text-xs text-balance text-background data-[state=delayed-open]:animate-in data-[state=delayed-open]:fade-in-0",
            className,
          )}
          {...props}
        >
          {text}
        </TooltipPrimitive.Content>
      </TooltipPrimitive.Portal>
    </TooltipPrimitive.Root>
  );
}
