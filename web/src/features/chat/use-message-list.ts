"use client";

import { useEffect, useState } from "react";

type List = typeof import("./message-list").default;

let loaded: List | undefined;

const load = () => import("./message-list").then((module) => module.default);

/**
 * The component that shows messages, once it is here. Where none is `wanted` yet, its code is only run at the first
 * touch or key of a person, who may be about to write. Not `lazy`, which would show its fallback for a moment even when
 * the code is here.
 */
export function useMessageList(wanted: boolean): List | undefined {
  const [list, setList] = useState<List | undefined>(() => loaded);
  useEffect(() => {
    if (loaded) return;
    const take = () =>
      void load().then((found) => {
        loaded = found;
        setList(() => found);
      });
    if (wanted) return take();
    const left = new AbortController();
    for (const sign of ["pointerdown", "keydown"])
      window.addEventListener(sign, take, { once: true, passive: true, signal: left.signal });
    return () => left.abort();
  }, [wanted]);
  return list;
}
