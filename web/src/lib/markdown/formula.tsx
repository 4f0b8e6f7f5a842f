"use client";

import { useEffect, useRef, useState } from "react";

import { cn } from "@/lib/cn";

type Typeset = typeof import("./typeset").typeset;

/** Formulas longer than this are shown as they were written: setting them takes too long. */
const LONGEST = 4_000;

let loaded: Typeset | undefined;

/** What sets formulas, once it is here: it comes with the first formula. */
function useTypeset(): Typeset | undefined {
  const [typeset, setTypeset] = useState<Typeset | undefined>(() => loaded);
  useEffect(() => {
    if (loaded) return;
    let gone = false;
    void import("./typeset").then((module) => {
      loaded = module.typeset;
      if (!gone) setTypeset(() => module.typeset);
    });
    return () => {
      gone = true;
    };
  }, []);
  return typeset;
}

/** A formula in TeX; its source until it is set, and where it cannot be. */
export function Formula({ tex, display }: { tex: string; display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const typeset = useTypeset();
  const settable = typeset && tex.length <= LONGEST;
  useEffect(() => {
    if (settable && place.current) typeset(tex, place.current, display);
  }, [typeset, settable, tex, display]);
  const classes = cn("max-w-full", display && "block overflow-x-auto overflow-y-hidden py-1 text-center");
  // Another key: React must not find elements that it has not made.
  return settable ? (
    <span
      key="set"
      ref={place}
      className={classes}
      // What scrolls must be reachable by keyboard.
      tabIndex={display ? 0 : undefined}
    />
  ) : (
    <code key="source" className={cn(classes, "font-mono text-[0.875em]")}>
      {tex}
    </code>
  );
}
