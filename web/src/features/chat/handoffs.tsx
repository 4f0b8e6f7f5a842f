"use client";

import { Suspense } from "react";
import { lazy } from "@/lib/lazy";
import { HandoffLines } from "./handoff-lines";

const PastHandoff = lazy(() => import("./past-handoffs"));

type Props = { agents: readonly string[]; handedOverTo: string | null };

/** Who took over: as it was seen coming, else who gave the answer in the end. */
export function Handoffs({ agents, handedOverTo }: Props) {
  if (agents.length > 0) return <HandoffLines names={agents.slice(1)} />;
  if (!handedOverTo) return null;
  return (
    <Suspense>
      <PastHandoff agentId={handedOverTo} />
    </Suspense>
  );
}
