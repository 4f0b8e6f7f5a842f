"use client";

import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { AddMemoryDocument } from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/settings";

export function NewMemoryForm() {
  const [{ fetching, error }, add] = useMutation(AddMemoryDocument);
  const problem = fieldsOf(error).text;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { data } = await add({ input: { text: textOf(new FormData(form), "text").trim() } });
    if (data) form.reset();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <FormProblem text={error && !problem ? messageOf(error) : null} />
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_auto]">
        <FormField
          label={t("memory.new")}
          name="text"
          placeholder={t("memory.example")}
          maxLength={500}
          autoComplete="off"
          required
          problem={problem}
        />
        <SubmitButton busy={fetching} variant="outline" className="sm:mt-[1.375rem]">
          {t("verbs.add")}
        </SubmitButton>
      </div>
    </form>
  );
}
