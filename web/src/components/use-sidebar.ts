"use client";

import { useSyncExternalStore } from "react";

import { SIDEBAR_KEY } from "./sidebar-state";

const EVENT = "parley:sidebar";

const isRail = () => document.documentElement.dataset.sidebar === "rail";

function subscribe(changed: () => void) {
  window.addEventListener(EVENT, changed);
  return () => window.removeEventListener(EVENT, changed);
}

function toggleRail() {
  const rail = !isRail();
  if (rail) document.documentElement.dataset.sidebar = "rail";
  else delete document.documentElement.dataset.sidebar;
  try {
    localStorage.setItem(SIDEBAR_KEY, rail ? "rail" : "open");
  } catch {
    // Without storage the sidebar is simply open again after a reload.
  }
  window.dispatchEvent(new Event(EVENT));
}

/** Whether the sidebar is folded to its rail, and how to change that. */
export function useSidebar(): { rail: boolean; toggle: () => void } {
  const rail = useSyncExternalStore(subscribe, isRail, () => false);
  return { rail, toggle: toggleRail };
}
