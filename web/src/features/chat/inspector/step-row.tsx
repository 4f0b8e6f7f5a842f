"use client";

import {
  Bot,
  ChevronDown,
  CircleCheck,
  Cpu,
  Gavel,
  ListChecks,
  type LucideIcon,
  Repeat,
  SearchCheck,
  ShieldCheck,
  Split,
  Telescope,
  Users,
  Wrench,
} from "lucide-react";
import { useId, useState } from "react";

import type { StepKind } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { duration, money, tokens } from "@/lib/quantities";
import { t } from "@/messages/inspector";

import type { Step, TimelineRow } from "./timeline";

const ICONS: Record<StepKind, LucideIcon> = {
  AGENT: Bot,
  MODEL_CALL: Cpu,
  TOOL_CALL: Wrench,
  PLAN: ListChecks,
  CHECK: SearchCheck,
  EXPLORE: Telescope,
  PROJECT: CircleCheck,
  JUDGE: Gavel,
  PANEL: Users,
  TOOL: Wrench,
  APPROVAL: ShieldCheck,
  CONDITION: Split,
  LOOP: Repeat,
};

/** Deeper steps are indented no further: a phone is 390 px wide. */
const DEEPEST = 4;
const NARROWEST = 0.006;

const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function factsOf({ kind, model, usage, status }: Step): string {
  const total = usage.inputTokens + usage.outputTokens;
  return [
    t(`kinds.${kind}`),
    kind === "MODEL_CALL" ? null : model?.displayName,
    total > 0 ? t("figures.tokens", { tokens: tokens(total) }) : null,
    money(usage.costUsd),
    status === "CANCELLED" ? t("figures.stopped") : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

function Data({ name, value }: { name: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <div>
      <div className="text-xs text-muted-foreground">{name}</div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-60 overflow-auto rounded-md bg-muted p-2 font-mono text-xs leading-5 whitespace-pre-wrap break-words"
      >
        {written(value)}
      </pre>
    </div>
  );
}

function Bar({ from, share, failed }: { from: number; share: number; failed: boolean }) {
  return (
    <span aria-hidden className="relative block h-1 rounded-full bg-muted">
      <span
        className={cn("absolute inset-y-0 rounded-full", failed ? "bg-destructive" : "bg-primary")}
        style={{
          left: `${Math.min(from, 1 - NARROWEST) * 100}%`,
          width: `${Math.max(NARROWEST, Math.min(share, 1 - from)) * 100}%`,
        }}
      />
    </span>
  );
}

/** One step: what it was, when in the run and for how long; what went in and came out unfolds. */
export function StepRow({ row: { step, depth, from, share, ms } }: { row: TimelineRow }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const Icon = ICONS[step.kind];
  const failed = step.status === "FAILED";
  // The bars stay on one axis, whatever the depth.
  const indent = { paddingLeft: `${Math.min(depth, DEEPEST)}rem` };
  const told = step.input != null || step.output != null;
  return (
    <li className="border-b last:border-b-0">
      <button
        type="button"
        aria-expanded={told ? open : undefined}
        aria-controls={told ? id : undefined}
        disabled={!told}
        onClick={() => setOpen(!open)}
        className="flex w-full flex-col gap-1.5 rounded-md py-2.5 text-left"
      >
        <span style={indent} className="flex w-full items-center gap-2 text-sm">
          <Icon
            aria-hidden
            className={cn("size-4 shrink-0", failed ? "text-destructive" : "text-muted-foreground")}
          />
          <span className="min-w-0 truncate">{step.name}</span>
          <span className="ml-auto shrink-0 text-xs text-muted-foreground tabular-nums">
            {ms === null ? "…" : duration(ms)}
          </span>
          <ChevronDown
            aria-hidden
            className={cn(
              "size-3.5 shrink-0 text-muted-foreground",
              open && "rotate-180",
              !told && "invisible",
            )}
          />
        </span>
        <Bar from={from} share={share} failed={failed} />
        <span style={indent} className="text-xs text-muted-foreground">
          {factsOf(step)}
        </span>
        {step.error ? (
          <span style={indent} className="text-xs break-words text-destructive">
            {step.error.message}
          </span>
        ) : null}
      </button>
      <div id={id} hidden={!open} className="space-y-3 pb-3">
        {open ? <Data name={t("steps.in")} value={step.input} /> : null}
        {open ? <Data name={t("steps.out")} value={step.output} /> : null}
      </div>
    </li>
  );
}
