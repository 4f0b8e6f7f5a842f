"use client";

import { type ReactNode, useId } from "react";

import { type CheckItem, CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { TextareaField } from "@/components/textarea-field";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { AgentEditorQuery } from "@/gql/later/graphql";
import { t } from "@/messages/agents";

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
  { value: AUTO, name: t("basics.auto") },
  ...models
    .filter(({ id, enabled }) => enabled || id === chosen)
    .map(({ id, displayName }) => ({ value: id, name: displayName })),
];

export function BasicFields({ draft, choices, problems, fixed }: Props & { fixed: boolean }) {
  return (
    <Section title={t("basics.title")} text={t("basics.text")}>
      <FormField
        label={t("basics.name")}
        name="name"
        defaultValue={draft.name}
        maxLength={100}
        autoComplete="off"
        required
        problem={problems.name}
      />
      <FormField
        label={t("basics.description")}
        name="description"
        defaultValue={draft.description}
        maxLength={1000}
        autoComplete="off"
        placeholder={t("basics.example")}
        problem={problems.description}
      />
      <TextareaField
        label={t("basics.instructions")}
        name="instructions"
        rows={8}
        defaultValue={draft.instructions}
        className="max-h-96"
        hint={fixed ? undefined : t("basics.instructionsHint")}
        problem={problems.instructions}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <ChoiceField
          label={t("basics.model")}
          name="model"
          choices={modelChoices(choices, draft.modelId)}
          defaultValue={draft.modelId ?? AUTO}
          problem={problems.modelId}
        />
        <ChoiceField
          label={t("basics.thinking")}
          name="thinking"
          choices={THINKING.map((value) => ({ value, name: t(`basics.ways.${value}`) }))}
          defaultValue={draft.thinking ?? AUTO}
          problem={problems.thinking}
        />
      </div>
    </Section>
  );
}

export function AbilityFields({ draft, choices, problems }: Props) {
  return (
    <Section title={t("abilities.title")} text={t("abilities.text")}>
      <CheckList
        legend={t("abilities.tools")}
        name="toolIds"
        items={choices.tools.map(({ id, name, source, description }) => ({
          value: id,
          title: source === "builtin" ? name : `${source}/${name}`,
          text: description,
        }))}
        chosen={draft.toolIds}
        problem={problems.toolIds}
        none={t("abilities.noTools")}
      />
      <CheckList
        legend={t("abilities.servers")}
        name="mcpServerIds"
        items={choices.mcpServers.map(({ id, name, tools: brought }) => ({
          value: id,
          title: name,
          text: t("traits.tools", { count: brought.length }),
        }))}
        chosen={draft.mcpServerIds}
        problem={problems.mcpServerIds}
        none={t("abilities.noServers")}
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
  const none = t("team.none");
  return (
    <Section title={t("team.title")} text={t("team.text")}>
      <CheckList
        legend={t("team.takeOver")}
        name="handoffIds"
        items={agents}
        chosen={draft.handoffIds}
        problem={problems.handoffIds}
        none={none}
      />
      <CheckList
        legend={t("team.asked")}
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
      legend={t("sharing.title")}
      name="shared"
      items={[{ value: "on", title: t("sharing.everybody"), text: t("sharing.about") }]}
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

const LimitField = ({ limit, inputMode = "numeric", hint, ...field }: LimitFieldProps) => (
  <FormField
    {...field}
    inputMode={inputMode}
    defaultValue={limit ?? ""}
    autoComplete="off"
    hint={hint ?? t("limits.none")}
  />
);

type LimitProps = Omit<Props, "choices"> & { sharable: boolean };

export function LimitFields({ draft, problems, sharable }: LimitProps) {
  const { guardrails } = draft;
  return (
    <Section title={t("limits.title")} text={t("limits.text")}>
      <div className="grid gap-5 sm:grid-cols-2">
        <LimitField
          label={t("limits.turns")}
          name="maxTurns"
          limit={draft.maxTurns}
          hint={t("limits.turnsHint")}
          problem={problems.maxTurns}
        />
        <LimitField
          label={t("limits.tokens")}
          name="maxTokens"
          limit={draft.maxTokens}
          problem={problems.maxTokens}
        />
        <LimitField
          label={t("limits.cost")}
          name="maxCostUsd"
          inputMode="decimal"
          limit={draft.maxCostUsd}
          problem={problems.maxCostUsd}
        />
        <LimitField
          label={t("limits.seconds")}
          name="maxSeconds"
          limit={draft.maxSeconds}
          problem={problems.maxSeconds}
        />
        <LimitField
          label={t("limits.characters")}
          name="maxInputChars"
          limit={guardrails.maxInputChars}
          problem={problems["guardrails.maxInputChars"]}
        />
        <TextareaField
          label={t("limits.deniedInput")}
          name="deniedInput"
          defaultValue={guardrails.deniedInput.join("\n")}
          hint={t("limits.deniedHint")}
          problem={problems["guardrails.deniedInput"]}
        />
        <TextareaField
          label={t("limits.deniedOutput")}
          name="deniedOutput"
          defaultValue={guardrails.deniedOutput.join("\n")}
          hint={t("limits.deniedHint")}
          problem={problems["guardrails.deniedOutput"]}
        />
      </div>
      <TextareaField
        label={t("limits.schema")}
        name="outputSchema"
        defaultValue={draft.outputSchema ? JSON.stringify(draft.outputSchema, null, 2) : ""}
        spellCheck={false}
        className="font-mono md:text-xs"
        hint={t("limits.schemaHint")}
        problem={problems.outputSchema}
      />
      {sharable ? <ShareField shared={draft.shared} problem={problems.shared} /> : null}
    </Section>
  );
}
