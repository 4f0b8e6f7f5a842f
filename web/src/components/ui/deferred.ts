"use client";

import { type Context, useContext, useState } from "react";

export type Opening<Parts> = { parts: Parts | undefined; open: () => void; preload: () => void };

/**
 * Floating parts whose code comes with their first use. Until then their trigger is a plain button, which keeps
 * menus and popovers out of the first load of every page, and long lists of menus light.
 */
export function useDeferred<Parts>(load: () => Promise<Parts>): Opening<Parts> {
  const [parts, setParts] = useState<Parts>();
  const fail = (error: unknown) =>
    setParts(() => {
      throw error; // inside an update it reaches the nearest error boundary
    });
  return {
    parts,
    open: () => void load().then((loaded) => setParts(() => loaded), fail),
    preload: () => void load().catch(() => {}), // opening tries again, and complains
  };
}

/** What the root above has loaded so far. */
export function useOpening<Parts>(context: Context<Opening<Parts> | null>): Opening<Parts> {
  const opening = useContext(context);
  if (!opening) throw new Error("This part belongs inside its root");
  return opening;
}

/** The loaded parts, for what is only ever rendered inside of an open one. */
export function useParts<Parts>(context: Context<Opening<Parts> | null>): Parts {
  const { parts } = useOpening(context);
  if (!parts) throw new Error("This part is rendered only while it is open");
  return parts;
}
