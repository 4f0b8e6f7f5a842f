"use client";

import { useEffect, useState } from "react";

type List = typeof import("./message-list").default;

let loaded: List | undefined;

/**
 * The component that shows messages, once it is here. The field to write in comes first; this follows while the
 * person reads or types. Not `lazy`, which would show its fallback for a moment even when the code is here.
 */
export function useMessageList(): List | undefined {
  const [list, setList] = useState<List | undefined>(() => loaded);
  useEffect(() => {
    if (loaded) return;
    void import("./message-list").then((module) => {
      loaded = module.default;
      setList(() => module.default);
    });
  }, []);
  return list;
}
