"use client";

import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { CreatePasswordResetDocument } from "@/gql/later/graphql";
import { formatDateTime } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/administration";
import { t as settings } from "@/messages/settings";

import { ShownOnce } from "./shown-once";

type Person = { id: string; name: string };

/** Made when it is asked for, because it ends the one before. */
function PasswordLink({ person }: { person: Person }) {
  const [{ data, error, fetching }, create] = useMutation(CreatePasswordResetDocument);
  const made = data?.createPasswordReset;
  if (made)
    return (
      <>
        <ShownOnce
          name={t("passwordLink.link")}
          text={`${window.location.origin}/new-password#${made.token}`}
          copyLabel={settings("verbs.copyLink")}
        />
        <p className="text-sm text-muted-foreground">
          {t("passwordLink.until", { at: formatDateTime(made.expiresAt) })}
        </p>
      </>
    );
  return (
    <>
      <FormProblem text={error ? messageOf(error) : null} />
      <DialogFooter>
        <Button disabled={fetching} onClick={() => void create({ userId: person.id })}>
          {fetching ? <Spinner /> : null}
          {settings("verbs.createLink")}
        </Button>
      </DialogFooter>
    </>
  );
}

type Props = { person: Person; open: boolean; onOpenChange: (open: boolean) => void };

/** A link by which somebody sets a new password; with the dialog it is gone. */
export default function PasswordLinkDialog({ person, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{t("passwordLink.title", { name: person.name })}</DialogTitle>
          <DialogDescription>{t("passwordLink.about")}</DialogDescription>
        </DialogHeader>
        <PasswordLink person={person} />
      </DialogContent>
    </Dialog>
  );
}
