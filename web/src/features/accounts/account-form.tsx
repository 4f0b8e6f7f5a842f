"use client";

import type { FormEvent } from "react";
import type { CombinedError } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/accounts";

export type NewAccount = { name: string; email: string; password: string };

type Props = {
  /** The only address that may be used; null leaves it to the person. */
  email?: string | null;
  busy: boolean;
  error: CombinedError | undefined;
  onCreate: (account: NewAccount) => void;
};

/** Asks for what every new account needs. */
export function AccountForm({ email = null, busy, error, onCreate }: Props) {
  const problems = fieldsOf(error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onCreate({
      name: textOf(form, "name").trim(),
      email: email ?? textOf(form, "email").trim(),
      password: textOf(form, "password"),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("fields.name")}
        name="name"
        autoComplete="name"
        maxLength={100}
        required
        problem={problems.name}
      />
      <FormField
        label={t("fields.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        readOnly={email !== null}
        defaultValue={email ?? undefined}
        problem={problems.email}
      />
      <PasswordField
        label={t("fields.password")}
        name="password"
        autoComplete="new-password"
        minLength={8}
        maxLength={256}
        hint={t("fields.passwordHint")}
        problem={problems.password}
      />
      <SubmitButton busy={busy} size="lg" className="w-full">
        {t("fields.create")}
      </SubmitButton>
    </form>
  );
}
