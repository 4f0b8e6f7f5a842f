"use client";

import { Suspense, useState } from "react";
import { lazy } from "@/lib/lazy";
import type { Asked, Drill } from "./drill";

const CallsSheet = lazy(() => import("./calls-sheet"));

export type OnDrill = (drill: Drill, failed?: boolean) => void;

/** The drawer with the calls behind a figure, and what opens it. */
export function useDrill(asked: Asked) {
  // The question is kept as it was: a list must not begin anew while it is read.
  const [shown, setShown] = useState<{ drill: Drill; failed: boolean; asked: Asked; at: number } | null>(
    null,
  );
  const [open, setOpen] = useState(false);
  const onDrill: OnDrill = (drill, failed = false) => {
    setShown({ drill, failed, asked, at: Date.now() });
    setOpen(true);
  };
  const sheet = shown ? (
    <Suspense>
      <CallsSheet key={shown.at} {...shown} open={open} onOpenChange={setOpen} />
    </Suspense>
  ) : null;
  return { onDrill, sheet };
}
