"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { SetBudgetDocument } from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/settings";

const ALL = "all";

/** Sets a budget; the one for the same key and time is replaced. */
export type Spender = { id: string; name: string; apiKeys: readonly { id: string; name: string }[] };

export function BudgetForm({ person, onSet }: { person: Spender; onSet: () => void }) {
  const [{ fetching, error }, set] = useMutation(SetBudgetDocument);
  const [empty, setEmpty] = useState(false);
  const fields = fieldsOf(error);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const words = new FormData(form);
    const [tokens, usd, key] = ["maxTokens", "maxUsd", "key"].map((name) => textOf(words, name).trim());
    // Without any limit the budget would be removed, which is another button.
    setEmpty(!tokens && !usd);
    if (!tokens && !usd) return;
    const { data } = await set({
      input: {
        userId: person.id,
        apiKeyId: key === ALL ? null : key,
        period: textOf(words, "period") === "MONTH" ? "MONTH" : "DAY",
        maxTokens: tokens ? Number(tokens) : null,
        maxUsd: usd || null,
      },
    });
    if (!data) return;
    form.reset();
    onSet();
  };

  return (
    <form onSubmit={submit} aria-label={t("budget.title")} className="flex flex-col gap-4 border-t pt-4">
      <FormProblem text={empty ? t("budget.unlimited") : error ? messageOf(error) : null} />
      <div className="grid gap-4 sm:grid-cols-2">
        <ChoiceField
          label={t("budget.counts")}
          name="key"
          defaultValue={ALL}
          choices={[
            { value: ALL, name: t("budget.all") },
            ...person.apiKeys.map(({ id, name }) => ({ value: id, name: t("budget.key", { name }) })),
          ]}
        />
        <ChoiceField
          label={t("budget.period")}
          name="period"
          defaultValue="DAY"
          choices={[
            { value: "DAY", name: t("budget.day") },
            { value: "MONTH", name: t("budget.month") },
          ]}
        />
        <FormField
          label={t("budget.tokens")}
          name="maxTokens"
          type="number"
          inputMode="numeric"
          min={0}
          max={2_147_483_647}
          step={1}
          placeholder={t("budget.noLimit")}
          problem={fields.maxTokens}
        />
        <FormField
          label={t("budget.dollars")}
          name="maxUsd"
          type="number"
          inputMode="decimal"
          min={0}
          max={1_000_000_000}
          step="any"
          placeholder={t("budget.noLimit")}
          problem={fields.maxUsd}
        />
      </div>
      <SubmitButton busy={fetching} className="self-start">
        {t("budget.set")}
      </SubmitButton>
    </form>
  );
}
