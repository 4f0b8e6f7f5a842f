"use client";

import type { FormEvent } from "react";
import { useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { SignInDocument } from "@/gql/graphql";
import { codeOf, fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/accounts";

import { destination } from "./use-entrance";

/** Address and password; and a code, once the server has said that the account wants one. */
export function SignInForm({ trouble }: { trouble: string | null }) {
  const [{ fetching, data, error }, signIn] = useMutation(SignInDocument);
  const [wantsCode, setWantsCode] = useState(false);
  const fields = fieldsOf(error);
  const asksForCode = error ? codeOf(error) === "CODE_REQUIRED" : false;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = textOf(form, "code").trim();
    const input = {
      email: textOf(form, "email").trim(),
      password: textOf(form, "password"),
      code: code || null,
    };
    const result = await signIn({ input });
    // A full load, so that the socket and everything else starts with the new session.
    if (result.data) window.location.assign(destination());
    else if (result.error && codeOf(result.error) === "CODE_REQUIRED") setWantsCode(true);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <FormProblem text={error && !asksForCode ? messageOf(error) : error ? null : trouble} />
      <FormField
        label={t("fields.email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        problem={fields.email}
      />
      <PasswordField
        label={t("fields.password")}
        name="password"
        autoComplete="current-password"
        problem={fields.password}
      />
      {wantsCode ? (
        <FormField
          label={t("signIn.code")}
          name="code"
          autoComplete="one-time-code"
          autoFocus
          maxLength={64}
          hint={t("signIn.codeHint")}
        />
      ) : null}
      <SubmitButton busy={fetching || Boolean(data)} size="lg" className="w-full">
        {t("signIn.action")}
      </SubmitButton>
    </form>
  );
}
