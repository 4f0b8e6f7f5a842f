"use client";

import { Lock } from "lucide-react";
import Link from "next/link";
import type { FormEvent } from "react";
import { useMutation } from "urql";

import { EmptyState } from "@/components/empty-state";
import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { SignUpDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";

import { Entrance } from "./entrance";
import { destination, useEntrance } from "./use-entrance";

function SignUpForm() {
  const [{ fetching, data, error }, signUp] = useMutation(SignUpDocument);
  const fields = fieldsOf(error);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const input = {
      name: textOf(form, "name").trim(),
      email: textOf(form, "email").trim(),
      password: textOf(form, "password"),
    };
    const result = await signUp({ input });
    if (result.data) window.location.assign(destination());
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label="Name"
        name="name"
        autoComplete="name"
        maxLength={100}
        required
        problem={fields.name}
      />
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
        autoComplete="new-password"
        minLength={8}
        maxLength={256}
        hint="At least 8 characters."
        problem={fields.password}
      />
      <SubmitButton busy={fetching || Boolean(data)} size="lg" className="w-full">
        Create account
      </SubmitButton>
    </form>
  );
}

export function SignUpPage() {
  const { server, problem, retry } = useEntrance("sign-up");
  const first = server ? !server.hasAccounts : false;
  const closed = server ? server.hasAccounts && !server.signUpOpen : false;
  return (
    <Entrance
      title={first ? "Welcome to Parley" : "Create your account"}
      text={
        first
          ? "Yours is the first account here: it also manages this server."
          : "Your chats stay on this server and are only yours."
      }
      waiting={!server}
      problem={problem}
      onRetry={retry}
      footer={
        first ? null : (
          <>
            Have an account?{" "}
            <Link
              href="/sign-in"
              className="rounded-sm font-medium text-primary underline underline-offset-4"
            >
              Sign in
            </Link>
          </>
        )
      }
    >
      {closed ? (
        <EmptyState
          icon={Lock}
          title="Sign-up is closed"
          text="Ask the person who runs this server for an account."
        />
      ) : (
        <SignUpForm />
      )}
    </Entrance>
  );
}
