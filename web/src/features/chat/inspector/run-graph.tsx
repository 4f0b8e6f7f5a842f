"use client";

import { useRunStream } from "@parley/react";
import { WorkflowGraph } from "@/components/workflow-graph";
import type { StepStatus } from "@/gql/later/graphql";
import { stepsOf } from "@/lib/workflows/layout";
import { t } from "@/messages/inspector";

import { isOver } from "../run-status";
import type { InspectedRun } from "./timeline";

/** How far each step of the workflow is, by what the run has kept: of a step that was repeated, the last time. */
function keptStates({ steps }: InspectedRun): Map<string, StepStatus> {
  const own = new Map(steps.map(({ id, workflowStep }) => [id, workflowStep]));
  const outer = steps.filter(
    ({ workflowStep, parentId }) => workflowStep && own.get(parentId ?? "") !== workflowStep,
  );
  return new Map(outer.map(({ workflowStep, status }) => [String(workflowStep), status]));
}

/** The workflow of a run, with the states of its steps as they change. */
export function RunGraph({ run }: { run: InspectedRun }) {
  const steps = stepsOf(run.workflow?.definition);
  const view = useRunStream(isOver(run.status) ? null : run.id);
  // What people see of a workflow at work has one line for each of its steps, in their order.
  const told = view?.plan?.steps;
  const live =
    told?.length === steps.length
      ? new Map(steps.map(({ name }, at) => [name, told[at]?.status ?? "PENDING"]))
      : null;
  return <WorkflowGraph steps={steps} label={t("graph")} states={live ?? keptStates(run)} />;
}
