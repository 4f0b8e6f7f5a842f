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
      title="Forgotten your password?"
      text="We send you a link with which you set a new one."
      waiting={false}
      problem={null}
      onRetry={() => undefined}
      footer={
        <Link href="/sign-in" className="rounded-sm font-medium text-primary underline underline-offset-4">
          Back to signing in
        </Link>
      }
    >
      {data ? (
        <p role="status" className="text-sm">
          If there is an account with this address, a mail is on its way. The link in it works for an hour.
        </p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-5">
          <FormProblem text={error ? messageOf(error) : null} />
          <FormField
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            required
            problem={fieldsOf(error).email}
          />
          <SubmitButton busy={fetching} size="lg" className="w-full">
            Send the link
          </SubmitButton>
        </form>
      )}
    </Entrance>
  );
}
