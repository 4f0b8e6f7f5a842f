"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { SaveBar } from "@/components/made/made-frame";
import { CreateAgentDocument, UpdateAgentDocument } from "@/gql/later/graphql";
import { fieldsOf } from "@/lib/errors";
import { complaintOf } from "@/lib/made/made";
import { toast } from "@/lib/toast";
import { t } from "@/messages/agents";

import { AGENTS } from "./addresses";
import { type AgentDetails, changesOf, type Draft, readDraft } from "./draft";
import { AbilityFields, BasicFields, type Choices, LimitFields, TeamFields } from "./form-sections";

type Props = {
  agent: AgentDetails | null;
  copyOf: string | null;
  start: Draft;
  choices: Choices;
  admin: boolean;
};

/** Sends what a form says: a new agent, or the changes of one; null when it was refused. */
function useSave({ agent, copyOf, start, admin }: Props) {
  const [created, create] = useMutation(CreateAgentDocument);
  const [updated, update] = useMutation(UpdateAgentDocument);
  const save = async (draft: Draft): Promise<string | null> => {
    const { shared, ...rest } = draft;
    if (!agent) {
      const input = { ...(copyOf ? { ...changesOf(start, rest as Draft), name: draft.name } : rest), copyOf };
      const { data } = await create({ input: admin ? { ...input, shared } : input });
      return data ? t("form.made", { name: draft.name }) : null;
    }
    const changes = changesOf(start, admin ? draft : (rest as Draft));
    if (Object.keys(changes).length === 0) return t("form.unchanged");
    const { data } = await update({ input: { id: agent.id, expectedVersion: agent.version, ...changes } });
    return data ? t("form.saved", { name: draft.name }) : null;
  };
  return { save, busy: created.fetching || updated.fetching, error: created.error ?? updated.error };
}

export function AgentForm(props: Props) {
  const { agent, start, choices, admin } = props;
  const router = useRouter();
  const { save, busy, error } = useSave(props);
  const [own, setOwn] = useState<Record<string, string>>({});
  const problems = { ...fieldsOf(error), ...own };
  const fixed = agent !== null && !agent.editable;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { draft, problems: found } = readDraft(new FormData(event.currentTarget));
    setOwn(found);
    if (Object.keys(found).length > 0) return;
    const done = await save(draft);
    if (!done) return;
    toast.success(done);
    router.push(AGENTS.list);
  };
  const complaint = () => {
    if (Object.keys(own).length > 0) return t("form.notRight");
    return error ? complaintOf(error) : null;
  };

  return (
    <form onSubmit={submit} noValidate aria-label={agent?.name ?? t("editor.fresh")}>
      <fieldset disabled={fixed} className="flex min-w-0 flex-col gap-6">
        <BasicFields draft={start} choices={choices} problems={problems} fixed={fixed} />
        <AbilityFields draft={start} choices={choices} problems={problems} />
        <TeamFields draft={start} choices={choices} problems={problems} />
        <LimitFields draft={start} problems={problems} sharable={admin && !fixed} />
        {fixed ? null : (
          <SaveBar
            problem={complaint()}
            cancelTo={AGENTS.list}
            busy={busy}
            verb={agent ? t("form.save") : t("form.create")}
          />
        )}
      </fieldset>
    </form>
  );
}
