"use client";

import type { Popover as PopoverPrimitive } from "radix-ui";
import { type ComponentProps, createContext, type MouseEvent } from "react";

import { type Opening, useDeferred, useOpening } from "./deferred";
import { PlainTrigger } from "./plain-trigger";
import type * as Parts from "./popover-parts";

const load = () => import("./popover-parts");
const Opened = createContext<Opening<typeof Parts> | null>(null);

export function Popover(props: Omit<ComponentProps<typeof PopoverPrimitive.Root>, "open" | "defaultOpen">) {
  const opening = useDeferred(load);
  const { parts } = opening;
  return <Opened value={opening}>{parts ? <parts.Popover defaultOpen {...props} /> : props.children}</Opened>;
}

export function PopoverTrigger(props: ComponentProps<typeof PopoverPrimitive.Trigger>) {
  const { parts, open, preload } = useOpening(Opened);
  if (parts) return <parts.PopoverTrigger {...props} />;
  const onClick = (event: MouseEvent<HTMLButtonElement>) => {
    props.onClick?.(event);
    open();
  };
  return <PlainTrigger popup="dialog" {...props} onClick={onClick} onNear={preload} />;
}

export function PopoverContent(props: ComponentProps<typeof Parts.PopoverContent>) {
  const { parts } = useOpening(Opened);
  return parts ? <parts.PopoverContent {...props} /> : null;
}
