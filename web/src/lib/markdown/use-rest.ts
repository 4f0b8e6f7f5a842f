"use client";

import { type RefObject, useEffect, useState } from "react";

import { cn } from "@/lib/cn";

/**
 * Classes of an element that rests while it is far from the screen: what is in it is laid out and drawn only near it.
 * Parts of a long text that are `finished` do so, or all of it would be laid out for each word that it gets. Before an
 * element rests it has been laid out once, at the width that it has where that decides how high it is (`wraps`); the
 * browser keeps its size, so that nothing moves.
 */
export function useRest(element: RefObject<HTMLElement | null>, finished: boolean, wraps: boolean): string {
  const [knownWidth, know] = useState<number | null>(null);
  useEffect(() => {
    if (!finished || !element.current || (knownWidth !== null && !wraps)) return;
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? null;
      know(knownWidth === null || knownWidth === width ? width : null);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, finished, wraps, knownWidth]);
  return cn(
    "[contain-intrinsic-size:auto_1px]",
    finished && knownWidth !== null && "[content-visibility:auto]",
  );
}
