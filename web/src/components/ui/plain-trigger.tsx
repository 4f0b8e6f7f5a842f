"use client";

import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

type Props = ComponentProps<"button"> & {
  asChild?: boolean;
  popup: "menu" | "dialog";
  /** Called when a pointer or the focus comes near, so that a click finds the code loaded. */
  onNear: () => void;
};

/** What a trigger is before its popup has been used for the first time. */
export function PlainTrigger({ asChild = false, popup, onNear, ...props }: Props) {
  const Part = asChild ? Slot.Root : "button";
  return (
    <Part
      type="button"
      aria-haspopup={popup}
      aria-expanded={false}
      data-state="closed"
      {...props}
      onPointerEnter={onNear}
      onFocus={onNear}
    />
  );
}
