"use client";

import type { ReactNode } from "react";
import { useQuery } from "urql";

import { Sheet, SheetContent, SheetHeader } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { RunInspectorDocument, type RunLimit } from "@/gql/later/graphql";
import { formatDateTime } from "@/lib/dates";
import { duration, money, tokens } from "@/lib/quantities";

import { MODES } from "../thinking/modes";
import { CallTable } from "./call-table";
import { RunGraph } from "./run-graph";
import { StepRow } from "./step-row";
import { type InspectedRun, timelineOf } from "./timeline";

const LIMITS: Record<RunLimit, string> = {
  TOKENS: "It reached its limit of tokens, and answered with what there was.",
  COST: "It reached its limit of cost, and answered with what there was.",
  TIME: "It reached its limit of time, and answered with what there was.",
};

function figuresOf({ startedAt, finishedAt, firstTokenMs, usage }: InspectedRun): [string, string][] {
  const took = startedAt && finishedAt ? duration(Date.parse(finishedAt) - Date.parse(startedAt)) : "–";
  const cached = usage.cachedInputTokens > 0 ? ` (${tokens(usage.cachedInputTokens)} cached)` : "";
  const reasoned = usage.reasoningTokens > 0 ? ` (${tokens(usage.reasoningTokens)} reasoning)` : "";
  // Until its end, a run that began some calls may not have counted them.
  const counted = (figure: string) => (finishedAt || usage.requests > 0 ? figure : "–");
  return [
    ["Took", took],
    ["First token", firstTokenMs == null ? "–" : duration(firstTokenMs)],
    ["Sent", counted(`${tokens(usage.inputTokens)} tokens${cached}`)],
    ["Received", counted(`${tokens(usage.outputTokens)} tokens${reasoned}`)],
    ["Cost", counted(money(usage.costUsd) ?? "free")],
    ["Calls to models", counted(String(usage.requests))],
  ];
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">{title}</h3>
      {children}
    </section>
  );
}

function Inspected({ run }: { run: InspectedRun }) {
  const rows = timelineOf(run);
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
        {figuresOf(run).map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-muted-foreground">{name}</dt>
            <dd className="text-sm tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {run.limitReached ? <p className="text-sm">{LIMITS[run.limitReached]}</p> : null}
      {run.attempt > 1 ? (
        <p className="text-sm text-muted-foreground">
          A worker was lost on the way: this is attempt {run.attempt}.
        </p>
      ) : null}
      {run.error ? (
        <p className="rounded-lg bg-destructive/5 px-3 py-2 text-sm break-words text-destructive">
          {run.error.code}: {run.error.message}
        </p>
      ) : null}
      {run.workflow ? (
        <Section title={`Workflow: ${run.workflow.name}`}>
          <RunGraph run={run} />
        </Section>
      ) : null}
      <Section title="Steps">
        {rows.length > 0 ? (
          <ol aria-label="Steps" className="flex flex-col">
            {rows.map((row) => (
              <StepRow key={row.step.id} row={row} />
            ))}
          </ol>
        ) : (
          <p className="text-sm text-muted-foreground">Nothing was kept of what it did.</p>
        )}
      </Section>
      {run.calls.length > 0 ? (
        <Section title="Calls to models">
          <CallTable calls={run.calls} />
        </Section>
      ) : null}
    </>
  );
}

type Props = { runId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** What an answer was made of: every step with its time, tokens, money, model and errors. */
export default function RunInspector({ runId, open, onOpenChange }: Props) {
  const [{ data, fetching }] = useQuery({
    query: RunInspectorDocument,
    variables: { runId },
    requestPolicy: "network-only",
  });
  const run = data?.run;
  const mode = MODES.find(({ mode: each }) => each === run?.thinking);
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent side="right" className="w-xl max-w-[100vw] bg-background">
        <SheetHeader
          title="How this answer was made"
          text={
            run
              ? `${mode?.name ?? run.thinking} · ${formatDateTime(run.createdAt)}`
              : "Steps, calls and figures"
          }
        />
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label="Details"
          className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-5 py-5 focus-visible:-outline-offset-2"
        >
          {run ? <Inspected run={run} /> : null}
          {!run && fetching ? <Skeleton className="h-40 w-full" /> : null}
          {!run && !fetching ? <p className="text-sm">This could not be loaded.</p> : null}
        </section>
      </SheetContent>
    </Sheet>
  );
}
