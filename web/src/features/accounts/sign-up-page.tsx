"use client";

import { Lock } from "lucide-react";
import Link from "next/link";
import { useMutation } from "urql";

import { EmptyState } from "@/components/empty-state";
import { SignUpDocument } from "@/gql/graphql";

import { AccountForm, type NewAccount } from "./account-form";
import { Entrance } from "./entrance";
import { destination, useEntrance } from "./use-entrance";

function SignUpForm() {
  const [{ fetching, data, error }, signUp] = useMutation(SignUpDocument);
  const create = async (input: NewAccount) => {
    const result = await signUp({ input });
    if (result.data) window.location.assign(destination());
  };
  return (
    <AccountForm busy={fetching || Boolean(data)} error={error} onCreate={(input) => void create(input)} />
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
