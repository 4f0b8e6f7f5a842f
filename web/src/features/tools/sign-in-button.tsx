"use client";

import { LogIn, LogOut } from "lucide-react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { SignInToMcpServerDocument, SignOutOfMcpServerDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/tools";

import type { ServerFacts } from "./approvals";

/** Leads to where one signs in at a server that asks for it, and forgets what that has given. */
export function SignInButton({ server }: { server: ServerFacts }) {
  const { id, name, signedIn, lastError } = server;
  const [begun, begin] = useMutation(SignInToMcpServerDocument);
  const [left, leave] = useMutation(SignOutOfMcpServerDocument);
  const busy = begun.fetching || left.fetching;

  const enter = async () => {
    const { data, error } = await begin({ input: { id } });
    if (data) window.location.assign(data.signInToMcpServer.url);
    else if (error) toast.error(messageOf(error));
  };
  const exit = async () => {
    const { error } = await leave({ id });
    if (error) toast.error(messageOf(error));
  };

  if (lastError?.code === "AUTHENTICATION_REQUIRED")
    return (
      <Button
        size="sm"
        aria-label={t("signIn.enterOne", { name })}
        disabled={busy}
        onClick={() => void enter()}
      >
        {busy ? <Spinner /> : <LogIn aria-hidden />}
        {t("signIn.enter")}
      </Button>
    );
  if (!signedIn) return null;
  return (
    <Button
      variant="outline"
      size="sm"
      aria-label={t("signIn.leaveOne", { name })}
      disabled={busy}
      onClick={() => void exit()}
    >
      {busy ? <Spinner /> : <LogOut aria-hidden />}
      {t("signIn.leave")}
    </Button>
  );
}
