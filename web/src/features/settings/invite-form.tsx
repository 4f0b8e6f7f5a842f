"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { InviteUserDocument } from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/administration";
import { t as settings } from "@/messages/settings";

import { ShownOnce } from "./shown-once";

/** Makes an invitation and shows its link, once. */
export function InviteForm({ onInvited }: { onInvited: () => void }) {
  const [{ fetching, error }, invite] = useMutation(InviteUserDocument);
  const [link, setLink] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = textOf(new FormData(event.currentTarget), "email").trim();
    const { data } = await invite({ input: { email: email || null } });
    if (data) onInvited();
    setLink(data ? `${window.location.origin}/invitation#${data.inviteUser.token}` : null);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("invitations.new")}
        name="email"
        type="email"
        autoComplete="off"
        placeholder={t("invitations.email")}
        hint={t("invitations.newAbout")}
        problem={fieldsOf(error).email}
      />
      <SubmitButton busy={fetching} className="self-start">
        {settings("verbs.createLink")}
      </SubmitButton>
      {link ? (
        <ShownOnce name={t("invitations.link")} text={link} copyLabel={settings("verbs.copyLink")} />
      ) : null}
    </form>
  );
}
