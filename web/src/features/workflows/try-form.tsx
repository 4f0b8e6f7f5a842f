"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { SubmitButton } from "@/components/submit-button";
import { TryWorkflowDocument, type WorkflowFactsFragment } from "@/gql/later/graphql";
import { pathOf } from "@/lib/chat-path";
import { fieldsOf, messageOf } from "@/lib/errors";
import { t } from "@/messages/workflows";

/** Runs the workflow, as it is stored, on a message in a new chat. */
export function TryForm({ workflow }: { workflow: WorkflowFactsFragment }) {
  const router = useRouter();
  const [{ fetching, error }, send] = useMutation(TryWorkflowDocument);
  const [empty, setEmpty] = useState(false);
  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const content = String(new FormData(event.currentTarget).get("content") ?? "");
    setEmpty(!content.trim());
    if (!content.trim()) return;
    const { data } = await send({ input: { content, workflowId: workflow.id } });
    if (data) router.push(pathOf(data.sendMessage.chat.id));
  };
  const problem = empty ? t("try.empty") : (Object.values(fieldsOf(error))[0] ?? (error && messageOf(error)));
  return (
    <form onSubmit={begin} noValidate aria-label={t("try.title")} className="flex items-end gap-3">
      <div className="min-w-0 flex-1">
        <FormField
          label={t("try.message")}
          name="content"
          autoComplete="off"
          maxLength={2000}
          problem={problem}
        />
      </div>
      <SubmitButton busy={fetching}>
        <Play aria-hidden />
        {t("try.run")}
      </SubmitButton>
    </form>
  );
}
