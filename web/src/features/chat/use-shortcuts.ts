"use client";

import { useEffect } from "react";

export type Shortcut = { keys: string; does: string; run?: () => unknown };

/** `Mod` is Command on Apple machines and Control elsewhere. */
function matches(event: KeyboardEvent, keys: string): boolean {
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

/** Runs the shortcut whose keys are pressed, wherever the focus is; one that returns false leaves the key to others. */
export function useShortcuts(shortcuts: readonly Shortcut[]) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const shortcut = shortcuts.find(({ keys, run }) => run && matches(event, keys));
      if (!shortcut) return;
      if (shortcut.run?.() !== false) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [shortcuts]);
}
