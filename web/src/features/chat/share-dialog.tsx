"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { ShareChatDocument } from "@/gql/later/graphql";
import { formatDateTime } from "@/lib/dates";
import { textOf } from "@/lib/forms";
import { CopyButton } from "@/lib/markdown/copy-button";

import { reasonOf } from "./reason";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { days: 1, name: "One day" },
  { days: 7, name: "One week" },
  { days: 30, name: "One month" },
  { days: 0, name: "Until I end it" },
];

const linkTo = (token: string) => `${window.location.origin}/shared?token=${encodeURIComponent(token)}`;

type Made = { link: string; expiresAt: string | null };

function LinkMade({ link, expiresAt, onLeave }: Made & { onLeave: () => void }) {
  return (
    <>
      <DialogDescription>
        Whoever has this link can read the chat as it is now
        {expiresAt ? `, until ${formatDateTime(expiresAt)}` : ""}. It is shown only this once; you can end it
        in your{" "}
        <Link href="/library?tab=shared" onClick={onLeave}>
          library
        </Link>
        .
      </DialogDescription>
      <div className="flex items-center gap-2">
        <Input readOnly aria-label="Link" value={link} onFocus={(event) => event.target.select()} />
        <CopyButton text={link} label="Copy link" showLabel className="h-9 border pointer-coarse:h-11" />
      </div>
    </>
  );
}

function LinkForm({ chatId, onMade }: { chatId: string; onMade: (made: Made) => void }) {
  const [{ fetching, error }, share] = useMutation(ShareChatDocument);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const days = Number(textOf(new FormData(event.currentTarget), "days"));
    const expiresAt = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    const { data } = await share({ input: { chatId, expiresAt } });
    if (data)
      onMade({ link: linkTo(data.shareChat.token), expiresAt: data.shareChat.share.expiresAt ?? null });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <DialogDescription>
        Makes a link to what this chat shows now: its messages and the names of the models. What comes later,
        what models thought and what tools returned is not in it.
      </DialogDescription>
      <FormProblem text={error ? reasonOf(error) : null} />
      <div className="grid gap-2">
        <Label htmlFor="share-days">The link works for</Label>
        <select
          id="share-days"
          name="days"
          defaultValue="7"
          className="h-9 rounded-lg border bg-background px-2 text-base md:text-sm pointer-coarse:h-11"
        >
          {LIFETIMES.map(({ days, name }) => (
            <option key={days} value={days}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <DialogFooter>
        <SubmitButton busy={fetching}>Make a link</SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { chatId: string; title: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Makes a link by which others can read a chat, and shows it, once. */
export default function ShareDialog({ chatId, title, open, onOpenChange }: Props) {
  const [made, setMade] = useState<Made | null>(null);
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setMade(null);
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent>
        <DialogTitle className="truncate">Share “{title}”</DialogTitle>
        {made ? (
          <LinkMade {...made} onLeave={() => change(false)} />
        ) : (
          <LinkForm chatId={chatId} onMade={setMade} />
        )}
      </DialogContent>
    </Dialog>
  );
}
