"use client";

import Link from "next/link";
import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { ResetPasswordDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/accounts";

import { Entrance } from "./entrance";
import { useToken } from "./use-token";

/** Where the link of a forgotten password leads. */
export function NewPasswordPage() {
  const token = useToken();
  const [{ fetching, data, error }, reset] = useMutation(ResetPasswordDocument);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const newPassword = textOf(new FormData(event.currentTarget), "newPassword");
    await reset({ input: { token: token ?? "", newPassword } });
  };

  return (
    <Entrance
      title={t("newPassword.title")}
      text={data ? t("newPassword.done") : t("newPassword.text")}
      waiting={token === undefined}
      problem={null}
      onRetry={() => undefined}
      footer={
        <Link href="/sign-in" className="rounded-sm font-medium text-primary underline underline-offset-4">
          {t("signIn.action")}
        </Link>
      }
    >
      {data ? (
        <p role="status" className="text-sm">
          {t("newPassword.set")}
        </p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-5">
          <FormProblem text={error ? messageOf(error) : null} />
          <PasswordField
            label={t("newPassword.label")}
            name="newPassword"
            autoComplete="new-password"
            minLength={8}
            maxLength={256}
            hint={t("fields.passwordHint")}
            problem={fieldsOf(error).newPassword}
          />
          <SubmitButton busy={fetching} size="lg" className="w-full">
            {t("newPassword.action")}
          </SubmitButton>
        </form>
      )}
    </Entrance>
  );
}
