"use client";

import type { DropdownMenu as MenuPrimitive } from "radix-ui";
import { type ComponentProps, createContext, type KeyboardEvent, type MouseEvent, useState } from "react";

import { type Opening, useDeferred, useOpening, useParts } from "./deferred";
import type * as Parts from "./dropdown-menu-parts";
import { PlainTrigger } from "./plain-trigger";

const load = () => import("./dropdown-menu-parts");
const Menu = createContext<Opening<typeof Parts> | null>(null);

export function DropdownMenu(props: Omit<ComponentProps<typeof MenuPrimitive.Root>, "open" | "defaultOpen">) {
  const opening = useDeferred(load);
  const { parts } = opening;
  return <Menu value={opening}>{parts ? <Loaded parts={parts} {...props} /> : props.children}</Menu>;
}

type LoadedProps = ComponentProps<typeof MenuPrimitive.Root> & { parts: typeof Parts };

// A modal menu would hide the page from screen readers, with the focus still somewhere in it.
function Loaded({ parts, onOpenChange, modal = false, ...props }: LoadedProps) {
  const [open, setOpen] = useState(true);
  const change = (next: boolean) => {
    setOpen(next);
    onOpenChange?.(next);
  };
  return (
    <parts.MenuOpening value={() => change(true)}>
      <parts.DropdownMenu open={open} onOpenChange={change} modal={modal} {...props} />
    </parts.MenuOpening>
  );
}

export function DropdownMenuTrigger(props: ComponentProps<typeof MenuPrimitive.Trigger>) {
  const { parts, open, preload } = useOpening(Menu);
  if (parts) return <parts.DropdownMenuTrigger {...props} />;
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>) => {
    props.onKeyDown?.(event);
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  };
  const onClick = (event: MouseEvent<HTMLButtonElement>) => {
    props.onClick?.(event);
    open();
  };
  return <PlainTrigger popup="menu" {...props} onClick={onClick} onKeyDown={onKeyDown} onNear={preload} />;
}

export function DropdownMenuContent(props: ComponentProps<typeof Parts.DropdownMenuContent>) {
  const { parts } = useOpening(Menu);
  return parts ? <parts.DropdownMenuContent {...props} /> : null;
}

export function DropdownMenuItem(props: ComponentProps<typeof Parts.DropdownMenuItem>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuItem {...props} />;
}

export function DropdownMenuCheckboxItem(props: ComponentProps<typeof Parts.DropdownMenuCheckboxItem>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuCheckboxItem {...props} />;
}

export function DropdownMenuRadioGroup(props: ComponentProps<typeof MenuPrimitive.RadioGroup>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuRadioGroup {...props} />;
}

export function DropdownMenuRadioItem(props: ComponentProps<typeof Parts.DropdownMenuRadioItem>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuRadioItem {...props} />;
}

export function DropdownMenuGroup(props: ComponentProps<typeof MenuPrimitive.Group>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuGroup {...props} />;
}

export function DropdownMenuLabel(props: ComponentProps<typeof Parts.DropdownMenuLabel>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuLabel {...props} />;
}

export function DropdownMenuSeparator(props: ComponentProps<typeof Parts.DropdownMenuSeparator>) {
  const parts = useParts(Menu);
  return <parts.DropdownMenuSeparator {...props} />;
}
