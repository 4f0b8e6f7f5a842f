"use client";

import { useMutation, useQuery } from "urql";

import { FormProblem } from "@/components/form-problem";
import { AcceptInvitationDocument, InvitationDocument } from "@/gql/graphql";
import { codeOf, messageOf } from "@/lib/errors";
import { t } from "@/messages/accounts";

import { AccountForm, type NewAccount } from "./account-form";
import { Entrance } from "./entrance";
import { HaveAccount } from "./have-account";
import { destination } from "./use-entrance";
import { useToken } from "./use-token";

function AcceptForm({ token, email }: { token: string; email: string | null }) {
  const [{ fetching, data, error }, accept] = useMutation(AcceptInvitationDocument);
  const create = async (account: NewAccount) => {
    const result = await accept({ input: { token, ...account } });
    if (result.data) window.location.assign(destination());
  };
  return (
    <AccountForm
      email={email}
      busy={fetching || Boolean(data)}
      error={error}
      onCreate={(account) => void create(account)}
    />
  );
}

/** Where an invitation's link leads. */
export function InvitationPage() {
  const token = useToken();
  const [{ data, error, fetching }, run] = useQuery({
    query: InvitationDocument,
    variables: { token: token ?? "" },
    pause: token === undefined,
  });
  const offer = data?.invitation;
  const over = error ? codeOf(error) === "NOT_FOUND" : false;
  return (
    <Entrance
      title={t("invitation.title")}
      text={over ? t("invitation.over") : t("invitation.text")}
      waiting={token === undefined || fetching}
      problem={error && !over ? messageOf(error) : null}
      onRetry={() => run({ requestPolicy: "network-only" })}
      footer={<HaveAccount />}
    >
      {offer && token ? (
        <AcceptForm token={token} email={offer.email ?? null} />
      ) : (
        <FormProblem text={t("invitation.useless")} />
      )}
    </Entrance>
  );
}
