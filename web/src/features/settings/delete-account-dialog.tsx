"use client";

import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { AccountProofsDocument, type AccountProofsQuery, DeleteAccountDocument } from "@/gql/later/graphql";
import { leaveForSignIn } from "@/lib/addresses";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/settings";

type Viewer = NonNullable<AccountProofsQuery["viewer"]>;

/** Whoever deletes an account types its address, and shows again that it is theirs. */
function DeleteForm({ viewer, onCancel }: { viewer: Viewer; onCancel: () => void }) {
  const [typed, setTyped] = useState("");
  const [{ fetching, error }, remove] = useMutation(DeleteAccountDocument);
  const sure = typed.trim().toLowerCase() === viewer.email;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!sure) return;
    const words = new FormData(event.currentTarget);
    const input = { password: textOf(words, "password") || null, code: textOf(words, "code").trim() || null };
    const { data } = await remove({ input });
    if (data) leaveForSignIn();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("data.address", { email: viewer.email })}
        name="address"
        autoComplete="off"
        spellCheck={false}
        required
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {viewer.hasPassword ? (
        <PasswordField
          label={t("password.yours")}
          name="password"
          autoComplete="current-password"
          problem={fieldsOf(error).password}
        />
      ) : null}
      {viewer.secondFactor ? (
        <FormField
          label={t("data.code")}
          name="code"
          autoComplete="one-time-code"
          required
          problem={fieldsOf(error).code}
        />
      ) : null}
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onCancel}>
          {t("verbs.cancel")}
        </Button>
        <SubmitButton busy={fetching} disabled={fetching || !sure} variant="destructive">
          {t("data.deleteForGood")}
        </SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

export default function DeleteAccountDialog({ open, onOpenChange }: Props) {
  const [{ data, error }] = useQuery({ query: AccountProofsDocument, requestPolicy: "network-only" });
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{t("data.deleteTitle")}</DialogTitle>
          <DialogDescription>{t("data.deleteAbout")}</DialogDescription>
        </DialogHeader>
        {data?.viewer ? (
          <DeleteForm viewer={data.viewer} onCancel={() => onOpenChange(false)} />
        ) : error ? (
          <FormProblem text={messageOf(error)} />
        ) : (
          <Skeleton className="h-32 w-full" />
        )}
      </DialogContent>
    </Dialog>
  );
}
