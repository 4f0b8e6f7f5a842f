"use client";

import { Pencil } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/lib/markdown/copy-button";
import { useFocusBack } from "@/lib/use-focus-back";
import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import { ForkButton } from "./fork-button";
import { MessageFiles } from "./message-files";
import { SiblingArrows } from "./sibling-arrows";
import { filesOf, type ThreadMessage } from "./thread";

export function UserBubble({ text }: { text: string }) {
  if (!text.trim()) return null;
  return (
    <div className="max-w-[85%] rounded-2xl bg-secondary px-4 py-2.5 text-base leading-7 break-words whitespace-pre-wrap text-secondary-foreground">
      {text}
    </div>
  );
}

type Props = { message: ThreadMessage; queued: boolean };

function EditForm({ message, queued }: Props) {
  const { setEditing, resend, amend } = useChat();
  const [text, setText] = useState(message.content);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(message.content.length, message.content.length);
  }, [message.content.length]);

  const close = () => setEditing(null);
  const submit = () => {
    close();
    if (!text.trim() || text === message.content) return;
    if (queued) amend(message.id, text.trim());
    else resend(message, text.trim());
  };
  return (
    <form
      className="w-full rounded-2xl border bg-card p-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={area}
        value={text}
        aria-label={t("message.edit")}
        rows={Math.min(12, text.split("\n").length + 1)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") {
            event.stopPropagation();
            close();
          } else if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            submit();
          }
        }}
        className="block w-full resize-none bg-transparent text-base leading-7 outline-none"
      />
      <div className="mt-2 flex items-center justify-end gap-2">
        <span className="mr-auto text-xs text-muted-foreground">
          {queued ? t("message.editedQueued") : t("message.edited")}
        </span>
        <Button type="button" variant="ghost" size="sm" onClick={close}>
          {t("message.cancel")}
        </Button>
        <Button type="submit" size="sm" disabled={!text.trim() || text === message.content}>
          {queued ? t("message.save") : t("message.send")}
        </Button>
      </div>
    </form>
  );
}

/** What the person wrote: a bubble on the right, with its versions and a pencil. */
export function UserMessage({ message, queued }: Props) {
  const { editing, setEditing } = useChat();
  const pencil = useFocusBack(editing === message.id);
  return (
    <article aria-label={t("message.you")} className="group flex flex-col items-end gap-1">
      <MessageFiles files={filesOf(message)} />
      {editing === message.id ? (
        <EditForm message={message} queued={queued} />
      ) : (
        <UserBubble text={message.content} />
      )}
      {editing === message.id ? null : (
        <div className="-mb-4 flex h-8 items-center gap-0.5 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 motion-reduce:transition-none pointer-coarse:h-11 pointer-coarse:opacity-100 has-[[role=group]]:opacity-100">
          <SiblingArrows message={message} />
          <CopyButton text={message.content} label={t("message.copy")} className="pointer-coarse:size-11" />
          <ActionButton
            ref={pencil}
            icon={Pencil}
            label={t("message.edit")}
            onClick={() => setEditing(message.id)}
          />
          {queued ? null : <ForkButton messageId={message.id} />}
        </div>
      )}
    </article>
  );
}
