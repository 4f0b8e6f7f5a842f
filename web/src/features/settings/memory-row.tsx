"use client";

import { Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import {
  AddMemoryDocument,
  ForgetMemoryDocument,
  type MemoryFactsFragment,
  UpdateMemoryDocument,
} from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { formatRelative } from "@/lib/dates";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { toast } from "@/lib/toast";
import { useFocusBack } from "@/lib/use-focus-back";
import { t } from "@/messages/settings";

type Memory = Omit<MemoryFactsFragment, " $fragmentName">;

function EditForm({ memory: { id, text }, onDone }: { memory: Memory; onDone: () => void }) {
  const [{ fetching, error }, update] = useMutation(UpdateMemoryDocument);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = textOf(new FormData(event.currentTarget), "text").trim();
    const { data } = await update({ input: { id, text: said } });
    if (data) onDone();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 py-3">
      <Textarea
        autoFocus
        name="text"
        aria-label={t("memory.text")}
        defaultValue={text}
        maxLength={500}
        required
        className="min-h-9"
      />
      {error ? (
        <p role="alert" className="text-sm text-destructive">
          {fieldsOf(error).text ?? messageOf(error)}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" size="sm" onClick={onDone}>
          {t("verbs.cancel")}
        </Button>
        <SubmitButton size="sm" busy={fetching}>
          {t("verbs.save")}
        </SubmitButton>
      </div>
    </form>
  );
}

/** The verbs of one memory; one that is forgotten can be put down again from the toast. */
function useVerbs({ id, text, pinned }: Memory) {
  const [, update] = useMutation(UpdateMemoryDocument);
  const [, forget] = useMutation(ForgetMemoryDocument);
  const [, add] = useMutation(AddMemoryDocument);
  const bringBack = async () => {
    const { error } = await add({ input: { text, pinned } });
    if (error) toast.error(messageOf(error));
  };
  return {
    pin: async () => {
      const { error } = await update({ input: { id, pinned: !pinned } });
      if (error) toast.error(messageOf(error));
    },
    forget: async () => {
      const { error } = await forget({ id });
      if (error) return toast.error(messageOf(error));
      toast(t("memory.forgotten"), { action: { label: t("memory.undo"), onClick: () => void bringBack() } });
    },
  };
}

const icon = "size-8 text-muted-foreground pointer-coarse:size-11";

export function MemoryRow({ memory }: { memory: Memory }) {
  const [editing, setEditing] = useState(false);
  const pencil = useFocusBack(editing);
  const verbs = useVerbs(memory);
  const { text, pinned, source, updatedAt } = memory;
  if (editing) {
    return (
      <li>
        <EditForm memory={memory} onDone={() => setEditing(false)} />
      </li>
    );
  }
  const Icon = pinned ? PinOff : Pin;
  return (
    <li className="flex items-start justify-between gap-3 py-3">
      <div className="min-w-0">
        <p className="text-sm wrap-anywhere whitespace-pre-line">{text}</p>
        <p className="mt-0.5 text-xs text-muted-foreground">
          {pinned ? `${t("memory.pinned")} · ` : ""}
          {source === "AGENT" ? t("memory.byAgent") : t("memory.byYou")} · {formatRelative(updatedAt)}
        </p>
      </div>
      <div className="-mr-2 flex shrink-0">
        <Button
          variant="ghost"
          size="icon"
          className={cn(icon, pinned && "text-primary")}
          aria-label={t(pinned ? "memory.unpin" : "memory.pin", { text })}
          title={pinned ? t("memory.unpinAbout") : t("memory.pinAbout")}
          onClick={() => void verbs.pin()}
        >
          <Icon aria-hidden />
        </Button>
        <Button
          ref={pencil}
          variant="ghost"
          size="icon"
          className={icon}
          aria-label={t("memory.edit", { text })}
          title={t("verbs.edit")}
          onClick={() => setEditing(true)}
        >
          <Pencil aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon"
          className={icon}
          aria-label={t("memory.forget", { text })}
          title={t("memory.forgetAbout")}
          onClick={() => void verbs.forget()}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}
