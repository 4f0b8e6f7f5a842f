"use client";

import { useSyncExternalStore } from "react";

type Badge = { count: number; words: string };

const NOTHING: Badge = { count: 0, words: "" };
const badges = new Map<string, Badge>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says how many things wait on a page; 0 takes the badge away. */
export function setPageBadge(href: string, count: number, words: string) {
  if (count > 0) badges.set(href, { count, words });
  else badges.delete(href);
  for (const listener of listeners) listener();
}

/** A dot on what leads to the sidebar, while something in it waits. */
export function BadgeDot() {
  const waits = useSyncExternalStore(
    subscribe,
    () => badges.size > 0,
    () => false,
  );
  return waits ? (
    <span aria-hidden className="absolute top-2 right-2 size-2 rounded-full bg-primary" />
  ) : null;
}

const MOST = 99;

/** How many things wait on a page, beside its name in the sidebar; a dot where there is no room for a number. */
export function PageBadge({ href }: { href: string }) {
  const { count, words } = useSyncExternalStore(
    subscribe,
    () => badges.get(href) ?? NOTHING,
    () => NOTHING,
  );
  if (count === 0) return null;
  return (
    <span className="ml-auto min-w-5 rounded-full bg-primary px-1.5 text-center text-xs leading-5 font-medium text-primary-foreground tabular-nums rail:absolute rail:top-1 rail:right-1 rail:min-w-0 rail:px-1 rail:leading-4">
      <span aria-hidden>{count > MOST ? `${MOST}+` : count}</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
