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
import { t } from "@/messages/runs";

import { reasonOf } from "./reason";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { days: 1, name: "share.day" },
  { days: 7, name: "share.week" },
  { days: 30, name: "share.month" },
  { days: 0, name: "share.open" },
] as const;

const linkTo = (token: string) => `${window.location.origin}/shared?token=${encodeURIComponent(token)}`;

type Made = { link: string; expiresAt: string | null };

function LinkMade({ link, expiresAt, onLeave }: Made & { onLeave: () => void }) {
  return (
    <>
      <DialogDescription>
        {t.rich("share.made", {
          until: expiresAt ? formatDateTime(expiresAt) : "open",
          library: (chunks) => (
            <Link href="/library?tab=shared" onClick={onLeave}>
              {chunks}
            </Link>
          ),
        })}
      </DialogDescription>
      <div className="flex items-center gap-2">
        <Input
          readOnly
          aria-label={t("share.link")}
          value={link}
          onFocus={(event) => event.target.select()}
        />
        <CopyButton
          text={link}
          label={t("share.copy")}
          showLabel
          className="h-9 border pointer-coarse:h-11"
        />
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
      <DialogDescription>{t("share.about")}</DialogDescription>
      <FormProblem text={error ? reasonOf(error) : null} />
      <div className="grid gap-2">
        <Label htmlFor="share-days">{t("share.lifetime")}</Label>
        <select
          id="share-days"
          name="days"
          defaultValue="7"
          className="h-9 rounded-lg border bg-background px-2 text-base md:text-sm pointer-coarse:h-11"
        >
          {LIFETIMES.map(({ days, name }) => (
            <option key={days} value={days}>
              {t(name)}
            </option>
          ))}
        </select>
      </div>
      <DialogFooter>
        <SubmitButton busy={fetching}>{t("share.make")}</SubmitButton>
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
        <DialogTitle className="truncate">{t("share.title", { title })}</DialogTitle>
        {made ? (
          <LinkMade {...made} onLeave={() => change(false)} />
        ) : (
          <LinkForm chatId={chatId} onMade={setMade} />
        )}
      </DialogContent>
    </Dialog>
  );
}
