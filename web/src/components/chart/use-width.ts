"use client";

import { useLayoutEffect, useRef, useState } from "react";

/** How wide an element is, in pixels; 0 until it is known. */
export function useWidth<Part extends HTMLElement>() {
  const ref = useRef<Part>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const part = ref.current;
    if (!part) return;
    setWidth(part.clientWidth);
    const observer = new ResizeObserver(() => setWidth(part.clientWidth));
    observer.observe(part);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}
