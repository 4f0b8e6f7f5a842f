import type { WorkflowFactsFragment } from "@/gql/later/graphql";
import { nameOfCopy } from "@/lib/made/made";
import { t } from "@/messages/workflows";

/** What the form of a workflow says. */
export type Draft = { name: string; description: string; definition: string; shared: boolean };

const beginning = () => ({
  steps: [
    {
      name: "draft",
      kind: "agent",
      agent: "writer",
      prompt: t("beginning.draft", { input: "{{input}}" }),
      next: "improve",
    },
    {
      name: "improve",
      kind: "agent",
      agent: "assistant",
      prompt: `${t("beginning.improve")}\n{{steps.draft.output}}`,
    },
  ],
});

/** A definition as it is shown: the parts of a step in an order that is easy to read. */
const FIRST = ["name", "kind", "title"];
const LAST = ["next", "then", "otherwise"];

function sorted(step: unknown): unknown {
  if (typeof step !== "object" || step === null || Array.isArray(step)) return step;
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) - 10 : LAST.indexOf(key) + 1);
  return Object.fromEntries(Object.entries(step).toSorted(([a], [b]) => rank(a) - rank(b)));
}

export function written(definition: unknown): string {
  const steps = (definition as { steps?: unknown } | null)?.steps;
  const readable = Array.isArray(steps)
    ? { ...(definition as object), steps: steps.map(sorted) }
    : definition;
  return JSON.stringify(readable, null, 2);
}

export const begun = (): Draft => ({
  name: "",
  description: "",
  definition: written(beginning()),
  shared: false,
});

export const draftOf = (workflow: WorkflowFactsFragment, copy: boolean): Draft => ({
  name: copy ? nameOfCopy(workflow.name) : workflow.name,
  description: workflow.description,
  definition: written(workflow.definition),
  shared: workflow.shared && !copy,
});
