"use client";

import { useEffect, useSyncExternalStore } from "react";

/** What a key does. Without `run` something else listens to it, and this only tells people of it. */
export type Shortcut = { keys: string; does: string; run?: () => unknown };

/** Shortcuts of one part of the page, as the sheet shows them. */
export type ShortcutGroup = { name: string; shortcuts: readonly Shortcut[] };

const NONE: readonly ShortcutGroup[] = [];
let groups = NONE;
const listeners = new Set<() => void>();

function show(next: readonly ShortcutGroup[]) {
  groups = next;
  for (const listener of listeners) listener();
}

/** `Mod` is Command on Apple machines and Control elsewhere. */
export function matches(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1)?.toLowerCase();
  const mod = event.metaKey || event.ctrlKey;
  return (
    event.key.toLowerCase() === key &&
    mod === parts.includes("Mod") &&
    // `/` needs Shift on some layouts; letters say themselves whether Shift is part of the shortcut.
    (key === "/" || event.shiftKey === parts.includes("Shift")) &&
    !event.altKey
  );
}

/**
 * Runs the shortcut whose keys are pressed, wherever the focus is; one that returns false leaves the key to others.
 * As long as the component is there, the sheet shows them under `name`.
 */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]) {
  useEffect(() => {
    const group = { name, shortcuts };
    show([...groups, group]);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const shortcut = shortcuts.find(({ keys, run }) => run && matches(event, keys));
      if (!shortcut) return;
      if (shortcut.run?.() !== false) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      show(groups.filter((other) => other !== group));
    };
  }, [name, shortcuts]);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Every shortcut that works on this page now. */
export const useShortcutGroups = (): readonly ShortcutGroup[] =>
  useSyncExternalStore(
    subscribe,
    () => groups,
    () => NONE,
  );

let sheetOpen = false;

/** Shows or hides the sheet of shortcuts. */
export function showShortcutSheet(open: boolean): void {
  sheetOpen = open;
  for (const listener of listeners) listener();
}

/** Whether the sheet of shortcuts is to be seen. */
export const useShortcutSheet = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => sheetOpen,
    () => false,
  );
