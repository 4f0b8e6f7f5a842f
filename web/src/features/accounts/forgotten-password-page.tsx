"use client";

import Link from "next/link";
import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { RequestPasswordResetDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/accounts";

import { Entrance } from "./entrance";

/** Asks for a mail with a link. It never says whether there is such an account. */
export function ForgottenPasswordPage() {
  const [{ fetching, data, error }, request] = useMutation(RequestPasswordResetDocument);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    await request({ input: { email: textOf(new FormData(event.currentTarget), "email").trim() } });
  };

  return (
    <Entrance
      title={t("forgotten.title")}
      text={t("forgotten.text")}
      waiting={false}
      problem={null}
      onRetry={() => undefined}
      footer={
        <Link href="/sign-in" className="rounded-sm font-medium text-primary underline underline-offset-4">
          {t("forgotten.back")}
        </Link>
      }
    >
      {data ? (
        <p role="status" className="text-sm">
          {t("forgotten.sent")}
        </p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-5">
          <FormProblem text={error ? messageOf(error) : null} />
          <FormField
            label={t("fields.email")}
            name="email"
            type="email"
            autoComplete="username"
            required
            problem={fieldsOf(error).email}
          />
          <SubmitButton busy={fetching} size="lg" className="w-full">
            {t("forgotten.send")}
          </SubmitButton>
        </form>
      )}
    </Entrance>
  );
}
