/** What an agent is made of while a person writes it, and what of that is sent. */

import type { AgentDetailsFragment, AgentFactsFragment, ThinkingMode } from "@/gql/later/graphql";
import { linesOf, textOf } from "@/lib/forms";
import { t } from "@/messages/agents";

type Plain<Fragment> = Omit<Fragment, " $fragmentName">;
export type AgentFacts = Plain<AgentFactsFragment>;
export type AgentDetails = Plain<AgentDetailsFragment>;

export type Draft = {
  name: string;
  description: string;
  instructions: string;
  modelId: string | null;
  thinking: ThinkingMode | null;
  toolIds: string[];
  mcpServerIds: string[];
  handoffIds: string[];
  agentToolIds: string[];
  maxTurns: number;
  maxTokens: number | null;
  maxCostUsd: string | null;
  maxSeconds: number | null;
  outputSchema: unknown;
  guardrails: { maxInputChars: number | null; deniedInput: string[]; deniedOutput: string[] };
  shared: boolean;
};

export const AUTO = "auto";

export const THINKING = [AUTO, "IMMEDIATE", "STRATEGIC", "FUTURE"] as const;

export const EMPTY: Draft = {
  name: "",
  description: "",
  instructions: "",
  modelId: null,
  thinking: null,
  toolIds: [],
  mcpServerIds: [],
  handoffIds: [],
  agentToolIds: [],
  maxTurns: 20,
  maxTokens: null,
  maxCostUsd: null,
  maxSeconds: null,
  outputSchema: null,
  guardrails: { maxInputChars: null, deniedInput: [], deniedOutput: [] },
  shared: false,
};

const ids = (things: readonly { id: string }[]) => things.map(({ id }) => id);

export const draftOf = (agent: AgentDetails): Draft => ({
  name: agent.name,
  description: agent.description,
  instructions: agent.instructions,
  modelId: agent.model?.id ?? null,
  thinking: agent.thinking ?? null,
  toolIds: ids(agent.tools),
  mcpServerIds: ids(agent.mcpServers),
  handoffIds: ids(agent.handoffs),
  agentToolIds: ids(agent.agentTools),
  maxTurns: agent.maxTurns,
  maxTokens: agent.maxTokens ?? null,
  maxCostUsd: agent.maxCostUsd ? String(Number(agent.maxCostUsd)) : null,
  maxSeconds: agent.maxSeconds ?? null,
  outputSchema: agent.outputSchema ?? null,
  guardrails: {
    maxInputChars: agent.guardrails.maxInputChars ?? null,
    deniedInput: [...agent.guardrails.deniedInput],
    deniedOutput: [...agent.guardrails.deniedOutput],
  },
  shared: agent.shared,
});

const isThinking = (value: string): value is ThinkingMode =>
  value === "IMMEDIATE" || value === "STRATEGIC" || value === "FUTURE";

/** A whole number of at least 1; nothing is null, and anything else undefined. */
function wholeOf(text: string): number | null | undefined {
  const bare = text.trim().replaceAll(",", "");
  if (bare === "") return null;
  return /^[1-9]\d*$/.test(bare) ? Number(bare) : undefined;
}

/** A sum of money, as the API takes it; nothing is null, and anything else undefined. */
function moneyOf(text: string): string | null | undefined {
  const bare = text.trim().replaceAll(",", "");
  if (bare === "") return null;
  return /^\d+(\.\d+)?$/.test(bare) ? String(Number(bare)) : undefined;
}

function schemaOf(text: string): { schema: unknown } | { problem: string } {
  if (!text.trim()) return { schema: null };
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return { schema };
    return { problem: t("problems.noObject") };
  } catch {
    return { problem: t("problems.noJson") };
  }
}

/** What one answer may take, as the form says it, with what is wrong about it by field. */
function limitsOf(form: FormData) {
  const problems: Record<string, string> = {};
  const maxTurns = wholeOf(textOf(form, "maxTurns"));
  if (!maxTurns) problems.maxTurns = t("problems.turns");
  const whole = (field: string) => {
    const value = wholeOf(textOf(form, field));
    if (value === undefined) problems[field] = t("problems.whole");
    return value ?? null;
  };
  const maxCostUsd = moneyOf(textOf(form, "maxCostUsd"));
  if (maxCostUsd === undefined) problems.maxCostUsd = t("problems.money");
  const limits = {
    maxTurns: maxTurns ?? EMPTY.maxTurns,
    maxTokens: whole("maxTokens"),
    maxCostUsd: maxCostUsd ?? null,
    maxSeconds: whole("maxSeconds"),
  };
  return { limits, problems };
}

/** What the form says, with what is wrong about it by field; the server has the last word on all the rest. */
export function readDraft(form: FormData): { draft: Draft; problems: Record<string, string> } {
  const { limits, problems } = limitsOf(form);
  const name = textOf(form, "name").trim();
  if (!name) problems.name = t("problems.noName");
  const maxInputChars = wholeOf(textOf(form, "maxInputChars"));
  if (maxInputChars === undefined) problems["guardrails.maxInputChars"] = t("problems.whole");
  const output = schemaOf(textOf(form, "outputSchema"));
  if ("problem" in output) problems.outputSchema = output.problem;
  const model = textOf(form, "model");
  const thinking = textOf(form, "thinking");
  const all = (field: string) => form.getAll(field).map(String);
  const draft: Draft = {
    name,
    description: textOf(form, "description").trim(),
    instructions: textOf(form, "instructions"),
    modelId: model && model !== AUTO ? model : null,
    thinking: isThinking(thinking) ? thinking : null,
    toolIds: all("toolIds"),
    mcpServerIds: all("mcpServerIds"),
    handoffIds: all("handoffIds"),
    agentToolIds: all("agentToolIds"),
    ...limits,
    outputSchema: "schema" in output ? output.schema : null,
    guardrails: {
      maxInputChars: maxInputChars ?? null,
      deniedInput: linesOf(textOf(form, "deniedInput")),
      deniedOutput: linesOf(textOf(form, "deniedOutput")),
    },
    shared: form.has("shared"),
  };
  return { draft, problems };
}

const SETS: readonly (keyof Draft)[] = ["toolIds", "mcpServerIds", "handoffIds", "agentToolIds"];

/** The same text for the same value: the order of what was ticked says nothing. */
function said(field: keyof Draft, value: unknown): string {
  return JSON.stringify(SETS.includes(field) && Array.isArray(value) ? [...value].sort() : value);
}

/** The fields in which two drafts differ. */
export const differing = (before: Draft, after: Draft): (keyof Draft)[] =>
  (Object.keys(after) as (keyof Draft)[]).filter(
    (field) => said(field, before[field]) !== said(field, after[field]),
  );

/** Only what differs, as inputs of the API take it: what a person did not touch stays as it is stored. */
export function changesOf(before: Draft, after: Draft): Partial<Draft> {
  return Object.fromEntries(differing(before, after).map((field) => [field, after[field]]));
}

/** What one version changed of the one before it, in words. */
export function changedWords(before: Draft, after: Draft): string {
  const fields = differing(before, after)
    .map((field) => t(`fields.${field}`))
    .join(", ");
  if (!fields) return t("versions.nothingChanged");
  return t("versions.fieldsChanged", { fields: `${fields.charAt(0).toUpperCase()}${fields.slice(1)}` });
}
