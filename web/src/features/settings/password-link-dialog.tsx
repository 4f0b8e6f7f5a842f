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
          name="Link for the new password"
          text={`${window.location.origin}/new-password#${made.token}`}
          copyLabel="Copy the link"
        />
        <p className="text-sm text-muted-foreground">It works until {formatDateTime(made.expiresAt)}.</p>
      </>
    );
  return (
    <>
      <FormProblem text={error ? messageOf(error) : null} />
      <DialogFooter>
        <Button disabled={fetching} onClick={() => void create({ userId: person.id })}>
          {fetching ? <Spinner /> : null}
          Create link
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
          <DialogTitle>A new password for {person.name}</DialogTitle>
          <DialogDescription>
            Whoever opens the link sets a new password, once, and every browser of theirs is signed out. A
            link that was made before stops to work.
          </DialogDescription>
        </DialogHeader>
        <PasswordLink person={person} />
      </DialogContent>
    </Dialog>
  );
}
