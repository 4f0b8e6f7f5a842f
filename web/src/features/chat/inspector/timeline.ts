import type { RunInspectorQuery } from "@/gql/later/graphql";

export type InspectedRun = NonNullable<RunInspectorQuery["run"]>;
export type Step = InspectedRun["steps"][number];
/** `from` and `share` say where its bar stands on the run's time, both from 0 to 1; `ms` is null while it goes on. */
export type TimelineRow = { step: Step; depth: number; from: number; share: number; ms: number | null };

type Span = { start: number; end: number };

const timeOf = (at: string | null | undefined): number | null => (at ? Date.parse(at) : null);

function spanOf(run: InspectedRun, now: number): Span {
  const starts = run.steps.flatMap(({ startedAt }) => timeOf(startedAt) ?? []);
  const ends = run.steps.flatMap(({ finishedAt }) => timeOf(finishedAt) ?? []);
  const start = Math.min(timeOf(run.startedAt) ?? now, ...starts);
  return { start, end: Math.max(timeOf(run.finishedAt) ?? now, start + 1, ...ends) };
}

function rowOf(step: Step, depth: number, { start, end }: Span): TimelineRow {
  const whole = end - start;
  const began = timeOf(step.startedAt) ?? end;
  const ended = timeOf(step.finishedAt);
  const ms = ended === null ? null : Math.max(0, ended - began);
  return { step, depth, from: (began - start) / whole, share: ((ended ?? end) - began) / whole, ms };
}

/** A run's steps as a tree laid out in lines: each below what it is a part of, in the order in which they began. */
export function timelineOf(run: InspectedRun, now = Date.now()): TimelineRow[] {
  const span = spanOf(run, now);
  const ids = new Set(run.steps.map(({ id }) => id));
  const below = new Map<string | null, Step[]>();
  for (const step of run.steps) {
    const parent = step.parentId && ids.has(step.parentId) ? step.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), step]);
  }
  const rows: TimelineRow[] = [];
  const seen = new Set<string>();
  const lay = (steps: readonly Step[], depth: number) => {
    for (const step of steps) {
      if (seen.has(step.id)) continue;
      seen.add(step.id);
      rows.push(rowOf(step, depth, span));
      lay(below.get(step.id) ?? [], depth + 1);
    }
  };
  lay(below.get(null) ?? [], 0);
  lay(run.steps, 0); // what only knows itself as its parent is not lost
  return rows;
}
