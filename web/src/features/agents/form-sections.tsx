"use client";

import { type ReactNode, useId } from "react";

import { type CheckItem, CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { TextareaField } from "@/components/textarea-field";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { AgentEditorQuery } from "@/gql/later/graphql";

import { AUTO, type Draft, THINKING } from "./draft";

export type Choices = Pick<AgentEditorQuery, "agents" | "models" | "tools" | "mcpServers">;
type Problems = Record<string, string>;
type Props = { draft: Draft; choices: Choices; problems: Problems };

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  const id = useId();
  return (
    <Card role="group" aria-labelledby={id}>
      <CardHeader>
        <CardTitle id={id}>{title}</CardTitle>
        <CardDescription>{text}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-5">{children}</CardContent>
    </Card>
  );
}

/** Models that may be used, and the one that is chosen already, whatever has become of it. */
const modelChoices = ({ models }: Choices, chosen: string | null) => [
  { value: AUTO, name: "Auto: the best one for each message" },
  ...models
    .filter(({ id, enabled }) => enabled || id === chosen)
    .map(({ id, displayName }) => ({ value: id, name: displayName })),
];

export function BasicFields({ draft, choices, problems, fixed }: Props & { fixed: boolean }) {
  return (
    <Section title="What it is" text="Other agents read the description when they decide whom to ask.">
      <FormField
        label="Name"
        name="name"
        defaultValue={draft.name}
        maxLength={100}
        autoComplete="off"
        required
        problem={problems.name}
      />
      <FormField
        label="Description"
        name="description"
        defaultValue={draft.description}
        maxLength={1000}
        autoComplete="off"
        placeholder="Answers questions about our handbook"
        problem={problems.description}
      />
      <TextareaField
        label="Instructions"
        name="instructions"
        rows={8}
        defaultValue={draft.instructions}
        className="max-h-96"
        hint={fixed ? undefined : "What the model is told before every conversation."}
        problem={problems.instructions}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <ChoiceField
          label="Model"
          name="model"
          choices={modelChoices(choices, draft.modelId)}
          defaultValue={draft.modelId ?? AUTO}
          problem={problems.modelId}
        />
        <ChoiceField
          label="Thinking"
          name="thinking"
          choices={THINKING}
          defaultValue={draft.thinking ?? AUTO}
          problem={problems.thinking}
        />
      </div>
    </Section>
  );
}

const countOf = (tools: readonly unknown[]) => (tools.length === 1 ? "1 tool" : `${tools.length} tools`);

export function AbilityFields({ draft, choices, problems }: Props) {
  return (
    <Section title="What it may use" text="Whether a tool asks first is decided under Tools.">
      <CheckList
        legend="Tools"
        name="toolIds"
        items={choices.tools.map(({ id, name, source, description }) => ({
          value: id,
          title: source === "builtin" ? name : `${source}/${name}`,
          text: description,
        }))}
        chosen={draft.toolIds}
        problem={problems.toolIds}
        none="This server has no tools."
      />
      <CheckList
        legend="MCP servers, with all their tools"
        name="mcpServerIds"
        items={choices.mcpServers.map(({ id, name, tools: brought }) => ({
          value: id,
          title: name,
          text: countOf(brought),
        }))}
        chosen={draft.mcpServerIds}
        problem={problems.mcpServerIds}
        none="There are none yet; add one under Tools."
      />
    </Section>
  );
}

export function TeamFields({ draft, choices, problems }: Props) {
  const agents: CheckItem[] = choices.agents.map(({ id, name, description }) => ({
    value: id,
    title: name,
    text: description,
  }));
  const none = "There are no other agents.";
  return (
    <Section
      title="Whom it works with"
      text="An agent that takes over goes on with the answer itself; one that is asked only gives a result."
    >
      <CheckList
        legend="May take over"
        name="handoffIds"
        items={agents}
        chosen={draft.handoffIds}
        problem={problems.handoffIds}
        none={none}
      />
      <CheckList
        legend="May be asked"
        name="agentToolIds"
        items={agents}
        chosen={draft.agentToolIds}
        problem={problems.agentToolIds}
        none={none}
      />
    </Section>
  );
}

function ShareField({ shared, problem }: { shared: boolean; problem: string | undefined }) {
  return (
    <CheckList
      legend="Sharing"
      name="shared"
      items={[{ value: "on", title: "Everybody here may use it", text: "Others see its instructions." }]}
      chosen={shared ? ["on"] : []}
      problem={problem}
    />
  );
}

type LimitFieldProps = {
  label: string;
  name: string;
  limit: number | string | null;
  inputMode?: "numeric" | "decimal";
  hint?: string;
  problem: string | undefined;
};

const NO_LIMIT = "Empty: no limit of its own.";

const LimitField = ({ limit, inputMode = "numeric", hint = NO_LIMIT, ...field }: LimitFieldProps) => (
  <FormField {...field} inputMode={inputMode} defaultValue={limit ?? ""} autoComplete="off" hint={hint} />
);

type LimitProps = Omit<Props, "choices"> & { sharable: boolean };

export function LimitFields({ draft, problems, sharable }: LimitProps) {
  const { guardrails } = draft;
  return (
    <Section title="Limits" text="What trips over one ends the answer and says so.">
      <div className="grid gap-5 sm:grid-cols-2">
        <LimitField
          label="Model calls of one answer"
          name="maxTurns"
          limit={draft.maxTurns}
          hint="From 1 to 100."
          problem={problems.maxTurns}
        />
        <LimitField
          label="Tokens of one answer"
          name="maxTokens"
          limit={draft.maxTokens}
          problem={problems.maxTokens}
        />
        <LimitField
          label="US dollars of one answer"
          name="maxCostUsd"
          inputMode="decimal"
          limit={draft.maxCostUsd}
          problem={problems.maxCostUsd}
        />
        <LimitField
          label="Seconds of one answer"
          name="maxSeconds"
          limit={draft.maxSeconds}
          problem={problems.maxSeconds}
        />
        <LimitField
          label="Characters of a message"
          name="maxInputChars"
          limit={guardrails.maxInputChars}
          problem={problems["guardrails.maxInputChars"]}
        />
        <TextareaField
          label="Words that a message must not have"
          name="deniedInput"
          defaultValue={guardrails.deniedInput.join("\n")}
          hint="One word or phrase a line."
          problem={problems["guardrails.deniedInput"]}
        />
        <TextareaField
          label="Words that an answer must not have"
          name="deniedOutput"
          defaultValue={guardrails.deniedOutput.join("\n")}
          hint="One word or phrase a line."
          problem={problems["guardrails.deniedOutput"]}
        />
      </div>
      <TextareaField
        label="Form of the answer"
        name="outputSchema"
        defaultValue={draft.outputSchema ? JSON.stringify(draft.outputSchema, null, 2) : ""}
        spellCheck={false}
        className="font-mono md:text-xs"
        hint="A JSON Schema, for answers that programs read. Empty: text."
        problem={problems.outputSchema}
      />
      {sharable ? <ShareField shared={draft.shared} problem={problems.shared} /> : null}
    </Section>
  );
}
