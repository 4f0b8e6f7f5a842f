"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { CheckList } from "@/components/check-list";
import { FormField } from "@/components/form-field";
import { SaveBar } from "@/components/made/made-frame";
import {
  CreateWorkflowDocument,
  UpdateWorkflowDocument,
  type WorkflowFactsFragment,
} from "@/gql/later/graphql";
import { fieldsOf } from "@/lib/errors";
import { complaintOf } from "@/lib/made/made";
import { toast } from "@/lib/toast";
import { t } from "@/messages/workflows";

import { WORKFLOWS } from "./addresses";
import { DefinitionField } from "./definition-field";
import type { Draft } from "./draft";

type Props = { workflow: WorkflowFactsFragment | null; start: Draft; admin: boolean };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the field says so
  }
};

/** Sends what a form says; whether it was taken. */
function useSave(workflow: WorkflowFactsFragment | null, admin: boolean) {
  const [created, create] = useMutation(CreateWorkflowDocument);
  const [updated, update] = useMutation(UpdateWorkflowDocument);
  const save = async ({ name, description, shared }: Draft, definition: unknown): Promise<boolean> => {
    const input = { name, description, definition, ...(admin ? { shared } : {}) };
    if (!workflow) return Boolean((await create({ input })).data);
    return Boolean(
      (await update({ input: { id: workflow.id, expectedVersion: workflow.version, ...input } })).data,
    );
  };
  return { save, busy: created.fetching || updated.fetching, error: created.error ?? updated.error };
}

export function WorkflowForm({ workflow, start, admin }: Props) {
  const router = useRouter();
  const { save, busy, error } = useSave(workflow, admin);
  const [definition, setDefinition] = useState(start.definition);
  const [own, setOwn] = useState<string | null>(null);
  const problems = fieldsOf(error);
  const fixed = workflow !== null && !workflow.editable;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (field: string) => String(given.get(field) ?? "").trim();
    const draft = {
      name: text("name"),
      description: text("description"),
      definition,
      shared: given.has("shared"),
    };
    const read = parsed(definition);
    setOwn(read === undefined ? t("form.notJson") : null);
    if (read === undefined || !(await save(draft, read))) return;
    toast.success(workflow ? t("form.saved", { name: draft.name }) : t("form.made", { name: draft.name }));
    router.push(WORKFLOWS.list);
  };
  return (
    <form onSubmit={submit} noValidate aria-label={workflow?.name ?? t("editor.fresh")}>
      <div className="flex min-w-0 flex-col gap-6">
        <div className="grid gap-5 sm:grid-cols-2">
          <FormField
            label={t("form.name")}
            name="name"
            defaultValue={start.name}
            maxLength={100}
            autoComplete="off"
            required
            readOnly={fixed}
            problem={problems.name}
          />
          <FormField
            label={t("form.description")}
            name="description"
            defaultValue={start.description}
            maxLength={1000}
            autoComplete="off"
            readOnly={fixed}
            placeholder={t("form.example")}
            problem={problems.description}
          />
        </div>
        <DefinitionField text={definition} fixed={fixed} onChange={setDefinition} />
        {admin && !fixed ? (
          <CheckList
            legend={t("form.sharing")}
            name="shared"
            items={[{ value: "on", title: t("form.everybody") }]}
            chosen={start.shared ? ["on"] : []}
            problem={problems.shared}
          />
        ) : null}
        {fixed ? null : (
          <SaveBar
            problem={own ?? (error ? complaintOf(error) : null)}
            cancelTo={WORKFLOWS.list}
            busy={busy}
            verb={workflow ? t("form.save") : t("form.create")}
          />
        )}
      </div>
    </form>
  );
}
