"use client";

import { X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
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
import type { ChatRowFragment } from "@/gql/graphql";
import { t } from "@/messages/tags";

import { useChatsStore } from "../use-chats";
import { problemOf, withTyped } from "./tag-words";
import { useTags } from "./use-tags";

type Tagged = Pick<ChatRowFragment, "id" | "title" | "tags">;

function Chips({ tags, onDrop }: { tags: readonly string[]; onDrop: (tag: string) => void }) {
  if (tags.length === 0) return <p className="text-sm text-muted-foreground">{t("none")}</p>;
  return (
    <ul aria-label={t("title")} className="flex flex-wrap gap-2">
      {tags.map((tag) => (
        <li
          key={tag}
          className="flex max-w-full items-center gap-1 rounded-full bg-secondary py-0.5 pr-1 pl-3 text-sm"
        >
          <span className="truncate">{tag}</span>
          <button
            type="button"
            aria-label={t("remove", { tag })}
            onClick={() => onDrop(tag)}
            className="flex size-6 shrink-0 items-center justify-center rounded-full text-muted-foreground hover:bg-background hover:text-foreground pointer-coarse:size-10"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What is typed counts too when it is saved. */
function TagForm({ chat, onDone }: { chat: Tagged; onDone: () => void }) {
  const store = useChatsStore();
  const [tags, setTags] = useState<readonly string[]>(chat.tags);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const known = useTags();
  const id = useId();
  const wanted = withTyped(tags, typed);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = problemOf(wanted);
    if (wrong) return setProblem(wrong);
    setBusy(true);
    const reason = await store.update({ id: chat.id, tags: wanted });
    setBusy(false);
    setProblem(reason);
    if (!reason) onDone();
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <FormProblem text={problem} />
      <Chips tags={tags} onDrop={(gone) => setTags(tags.filter((tag) => tag !== gone))} />
      <FormField
        label={t("add")}
        name="tags"
        list={id}
        autoComplete="off"
        value={typed}
        hint={t("hint")}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "," || event.nativeEvent.isComposing) return;
          event.preventDefault();
          setTags(wanted);
          setTyped("");
        }}
      />
      <datalist id={id}>
        {known
          .filter((tag) => !wanted.includes(tag))
          .map((tag) => (
            <option key={tag} value={tag} />
          ))}
      </datalist>
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onDone}>
          {t("cancel")}
        </Button>
        <SubmitButton busy={busy}>{t("save")}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { chat: Tagged; open: boolean; onOpenChange: (open: boolean) => void };

/** Gives a chat its tags. */
export default function TagDialog({ chat, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{t("title")}</DialogTitle>
          <DialogDescription className="wrap-anywhere">
            {t("about", { title: chat.title || t("newChat") })}
          </DialogDescription>
        </DialogHeader>
        <TagForm chat={chat} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}
