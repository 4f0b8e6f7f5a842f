"use client";

import Link from "next/link";
import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { SignInDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";

import { Entrance } from "./entrance";
import { destination, useEntrance } from "./use-entrance";

function SignInForm() {
  const [{ fetching, data, error }, signIn] = useMutation(SignInDocument);
  const fields = fieldsOf(error);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const input = { email: textOf(form, "email").trim(), password: textOf(form, "password") };
    const result = await signIn({ input });
    // A full load, so that the socket and everything else starts with the new session.
    if (result.data) window.location.assign(destination());
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        problem={fields.email}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        problem={fields.password}
      />
      <SubmitButton busy={fetching || Boolean(data)} size="lg" className="w-full">
        Sign in
      </SubmitButton>
    </form>
  );
}

export function SignInPage() {
  const { server, problem, retry } = useEntrance("sign-in");
  return (
    <Entrance
      title="Welcome back"
      text="Sign in to your Parley."
      waiting={!server}
      problem={problem}
      onRetry={retry}
      footer={
        server?.signUpOpen ? (
          <>
            New here?{" "}
            <Link
              href="/sign-up"
              className="rounded-sm font-medium text-primary underline underline-offset-4"
            >
              Create an account
            </Link>
          </>
        ) : (
          "New here? Ask the person who runs this server for an account."
        )
      }
    >
      <SignInForm />
    </Entrance>
  );
}
