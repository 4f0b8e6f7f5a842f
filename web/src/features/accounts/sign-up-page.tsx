"use client";

import { Lock } from "lucide-react";
import { useMutation } from "urql";

import { EmptyState } from "@/components/empty-state";
import { SignUpDocument } from "@/gql/graphql";
import { t } from "@/messages/accounts";

import { AccountForm, type NewAccount } from "./account-form";
import { Entrance } from "./entrance";
import { HaveAccount } from "./have-account";
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
      title={first ? t("signUp.first") : t("signUp.title")}
      text={first ? t("signUp.firstText") : t("signUp.text")}
      waiting={!server}
      problem={problem}
      onRetry={retry}
      footer={first ? null : <HaveAccount />}
    >
      {closed ? <EmptyState icon={Lock} title={t("signUp.closed")} text={t("signUp.ask")} /> : <SignUpForm />}
    </Entrance>
  );
}
