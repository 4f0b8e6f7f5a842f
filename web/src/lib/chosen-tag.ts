"use client";

import { useSyncExternalStore } from "react";

// Of this tab alone: who opens another one wants to see all chats.
let chosen: string | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Lists only the chats with this tag; null lists all. */
export function chooseTag(tag: string | null): void {
  chosen = tag;
  for (const listener of listeners) listener();
}

/** The tag whose chats are listed, null for all. */
export const useChosenTag = (): string | null =>
  useSyncExternalStore(
    subscribe,
    () => chosen,
    () => null,
  );
