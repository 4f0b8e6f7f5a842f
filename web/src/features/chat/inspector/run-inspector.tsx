"use client";

import type { ReactNode } from "react";
import { useQuery } from "urql";

import { Sheet, SheetContent, SheetHeader } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { RunInspectorDocument } from "@/gql/later/graphql";
import { formatDateTime } from "@/lib/dates";
import { duration, money, tokens } from "@/lib/quantities";
import { t } from "@/messages/inspector";

import { MODES } from "../thinking/modes";
import { CallTable } from "./call-table";
import { RunGraph } from "./run-graph";
import { StepRow } from "./step-row";
import { type InspectedRun, timelineOf } from "./timeline";

function figuresOf({ startedAt, finishedAt, firstTokenMs, usage }: InspectedRun): [string, string][] {
  const took = startedAt && finishedAt ? duration(Date.parse(finishedAt) - Date.parse(startedAt)) : "–";
  const [input, cached] = [tokens(usage.inputTokens), tokens(usage.cachedInputTokens)];
  const [output, reasoning] = [tokens(usage.outputTokens), tokens(usage.reasoningTokens)];
  const sent =
    usage.cachedInputTokens > 0
      ? t("figures.cached", { tokens: input, cached })
      : t("figures.tokens", { tokens: input });
  const received =
    usage.reasoningTokens > 0
      ? t("figures.reasoned", { tokens: output, reasoning })
      : t("figures.tokens", { tokens: output });
  // Until its end, a run that began some calls may not have counted them.
  const counted = (figure: string) => (finishedAt || usage.requests > 0 ? figure : "–");
  return [
    [t("figures.took"), took],
    [t("figures.firstToken"), firstTokenMs == null ? "–" : duration(firstTokenMs)],
    [t("figures.sent"), counted(sent)],
    [t("figures.received"), counted(received)],
    [t("figures.cost"), counted(money(usage.costUsd) ?? t("figures.free"))],
    [t("figures.calls"), counted(String(usage.requests))],
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
      {run.limitReached ? <p className="text-sm">{t(`limits.${run.limitReached}`)}</p> : null}
      {run.attempt > 1 ? (
        <p className="text-sm text-muted-foreground">{t("attempt", { attempt: run.attempt })}</p>
      ) : null}
      {run.error ? (
        <p className="rounded-lg bg-destructive/5 px-3 py-2 text-sm break-words text-destructive">
          {run.error.code}: {run.error.message}
        </p>
      ) : null}
      {run.workflow ? (
        <Section title={t("workflow", { name: run.workflow.name })}>
          <RunGraph run={run} />
        </Section>
      ) : null}
      <Section title={t("steps.title")}>
        {rows.length > 0 ? (
          <ol aria-label={t("steps.title")} className="flex flex-col">
            {rows.map((row) => (
              <StepRow key={row.step.id} row={row} />
            ))}
          </ol>
        ) : (
          <p className="text-sm text-muted-foreground">{t("steps.none")}</p>
        )}
      </Section>
      {run.calls.length > 0 ? (
        <Section title={t("figures.calls")}>
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
          title={t("title")}
          text={run ? `${mode?.name ?? run.thinking} · ${formatDateTime(run.createdAt)}` : t("about")}
        />
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={t("details")}
          className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-5 py-5 focus-visible:-outline-offset-2"
        >
          {run ? <Inspected run={run} /> : null}
          {!run && fetching ? <Skeleton className="h-40 w-full" /> : null}
          {!run && !fetching ? <p className="text-sm">{t("failed")}</p> : null}
        </section>
      </SheetContent>
    </Sheet>
  );
}
