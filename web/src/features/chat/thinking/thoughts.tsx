"use client";

import { Suspense } from "react";

import { lazy } from "@/lib/lazy";
import { t } from "@/messages/thinking";

import type { Answer } from "../answer";
import { InspectButton } from "../inspector/inspect-button";
import { PastPlan, PlanView } from "./plan-view";
import { worthShowing } from "./plans";

const Alternatives = lazy(() => import("./alternatives"));

/** What went before an answer: its plan, the steps of its workflow, or the approaches that were compared. */
export function Thoughts({ answer, runId }: { answer: Answer; runId: string | undefined }) {
  const { plan, thinking, byWorkflow, live, text } = answer;
  if (!runId || (thinking === "IMMEDIATE" && !byWorkflow)) return null;
  const ahead = thinking === "FUTURE";
  if (ahead && !live && !plan?.note) {
    return (
      <Suspense>
        <Alternatives runId={runId} />
      </Suspense>
    );
  }
  const name = byWorkflow ? t("plan.workflow") : t("plan.title");
  if (worthShowing(plan)) {
    const shown = <PlanView plan={plan} working={live && !text} name={ahead ? t("plan.ahead") : name} />;
    if (!byWorkflow || !live) return shown;
    // A workflow may wait for days: its graph can be looked at meanwhile.
    return (
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0 flex-1">{shown}</div>
        <InspectButton runId={runId} />
      </div>
    );
  }
  return !plan && !live ? <PastPlan runId={runId} name={name} /> : null;
}
