"use client";

import { useSyncExternalStore } from "react";

const KEY = "parley.model";
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Takes a model for what is sent from now on; null is “Auto”. */
export function chooseModel(id: string | null): void {
  try {
    if (id) localStorage.setItem(KEY, id);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice cannot be kept; “Auto” stays.
  }
  for (const listener of listeners) listener();
}

/** The chosen model's id, null for “Auto”: remembered on this device and shared by its tabs. */
export const useChosenModel = (): string | null => useSyncExternalStore(subscribe, read, () => null);
