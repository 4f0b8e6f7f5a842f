"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import { useRef } from "react";
import { Label } from "@/components/ui/label";
import { Spinner } from "@/components/ui/spinner";
import { Textarea } from "@/components/ui/textarea";
import { WorkflowGraph } from "@/components/workflow-graph";
import { stepsOf } from "@/lib/workflows/layout";
import { t } from "@/messages/workflows";

import { type Problem, useCheck } from "./use-check";

function lineOf({ line: number, path, message }: Problem): string {
  const line = String(number);
  return path
    ? t("definition.problemAt", { line, path, message })
    : t("definition.problem", { line, message });
}

function Problems({
  problems,
  onShow,
}: {
  problems: readonly Problem[];
  onShow: (problem: Problem) => void;
}) {
  return (
    <ul aria-label={t("definition.problems")} className="flex flex-col gap-1">
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.message}`}>
          <button
            type="button"
            onClick={() => onShow(problem)}
            className="flex w-full items-start gap-2 rounded-md px-2 py-1.5 text-left text-sm text-destructive hover:bg-destructive/5 pointer-coarse:min-h-11"
          >
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0 wrap-anywhere">{lineOf(problem)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The names of the steps in which something is wrong. */
function wrongSteps(problems: readonly Problem[], names: readonly string[]): Set<string> {
  const numbers = problems.flatMap(({ path }) => /^steps\[(\d+)\]/.exec(path)?.[1] ?? []);
  return new Set(numbers.flatMap((number) => names[Number(number)] ?? []));
}

const namesOf = (definition: unknown): string[] => {
  const steps = (definition as { steps?: unknown } | null)?.steps;
  return Array.isArray(steps)
    ? steps.map((step) => String((step as { name?: unknown } | null)?.name ?? ""))
    : [];
};

type Props = { text: string; fixed: boolean; onChange: (text: string) => void };

/** A definition as JSON, checked while it is written, and as a graph. */
export function DefinitionField({ text, fixed, onChange }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { definition, problems, checking } = useCheck(text);
  const show = ({ at }: Problem) => {
    field.current?.focus();
    field.current?.setSelectionRange(at, at);
  };
  const wrong = problems.length > 0;
  return (
    <div className="grid gap-6 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-2">
        <Label htmlFor="definition">{t("definition.title")}</Label>
        <Textarea
          id="definition"
          ref={field}
          value={text}
          readOnly={fixed}
          spellCheck={false}
          aria-invalid={wrong || undefined}
          aria-describedby="definition-state"
          onChange={(event) => onChange(event.target.value)}
          className="max-h-[36rem] min-h-72 font-mono md:text-xs"
        />
        <div id="definition-state" aria-live="polite" className="flex flex-col gap-1">
          {wrong ? <Problems problems={problems} onShow={show} /> : null}
          {!wrong && !checking ? (
            <p className="flex items-center gap-2 text-sm text-muted-foreground">
              <CircleCheck aria-hidden className="size-4" />
              {t("definition.fine")}
            </p>
          ) : null}
          {!wrong && checking ? <Spinner /> : null}
        </div>
      </div>
      <WorkflowGraph
        steps={stepsOf(definition)}
        label={t("definition.graph")}
        wrong={wrongSteps(problems, namesOf(definition))}
      />
    </div>
  );
}
