"use client";

import { ArrowUp, Square } from "lucide-react";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  Suspense,
  useCallback,
  useLayoutEffect,
} from "react";

import { lazy } from "@/lib/lazy";
import type { SentFile } from "@/lib/uploads";
import { useHydrated } from "@/lib/use-hydrated";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/chat";

import { AttachButton } from "./attach-button";
import { AttachmentList } from "./attachment-list";
import { type Attachments, underWay } from "./attachments";
import { useAttachments, useDroppedFiles } from "./use-attachments";
import { type Drafted, useDraft } from "./use-draft";

const PromptMenu = lazy(() => import("./prompt-menu"));

const MAX_HEIGHT = 260;

type Props = {
  thread: Drafted;
  field: RefObject<HTMLTextAreaElement | null>;
  running: boolean;
  /** Text put into the field from outside: a starter, or a message that could not be sent. */
  offered: { text: string; at: number } | null;
  attachments: Attachments;
  onSend: (text: string, files: readonly SentFile[]) => void;
  onStop: () => void;
  onEditLast: () => void;
  /** What is said of the text while it is typed. */
  aside?: (text: string) => ReactNode;
  children?: ReactNode;
};

/** What Enter does; where something is said of the text itself, that has the room. */
function keysHint(running: boolean, written: boolean, crowded: boolean): string {
  if (running && written) return t("composer.queues");
  return written && crowded ? "" : t("composer.keys");
}

/** Where messages are written. Its typing never re-renders the conversation. */
export function Composer({ thread, field, running, offered, attachments, aside, children, ...on }: Props) {
  const [text, setText] = useDraft(thread);
  const items = useAttachments(attachments);
  const attach = useCallback((files: Iterable<File>) => attachments.add(files), [attachments]);
  const over = useDroppedFiles(attach);
  const prompts = useOnDemand();
  const sending = underWay(items);
  const ready = items.some(({ sent }) => sent);

  // The field keeps what is typed by itself. Were it bound to the state, keys that come faster than React renders, as
  // they do while the page is being built, would find the older text put back.
  const put = (next: string) => {
    if (field.current) field.current.value = next;
    setText(next);
  };

  const hydrated = useHydrated();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another chat has another text, and the page as it is sent has none
  useLayoutEffect(() => {
    if (field.current) field.current.value = text;
  }, [thread, hydrated]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new offer is taken once; what is typed later stays
  useLayoutEffect(() => {
    if (!offered || !field.current) return;
    const written = field.current.value;
    put(written.trim() ? `${offered.text}\n${written}` : offered.text);
    field.current.focus();
  }, [offered]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, MAX_HEIGHT)}px`;
    area.style.overflowY = area.scrollHeight > MAX_HEIGHT ? "auto" : "hidden";
  }, [text, field]);

  const send = () => {
    const content = field.current?.value.trim() ?? "";
    if ((!content && !ready) || sending) return;
    put("");
    on.onSend(content, attachments.take());
  };

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const { files } = event.clipboardData;
    // What is copied out of a document may come as text and as a picture of it: then the text is meant.
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    attach(Array.from(files));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // 229 is what Safari says for the Enter that ends a composition.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && running) {
      event.stopPropagation();
      on.onStop();
    } else if (event.key === "ArrowUp" && event.currentTarget.value === "") {
      event.preventDefault();
      on.onEditLast();
    }
  };

  const stopping = running && !text.trim() && items.length === 0;
  const empty = !text.trim() && !ready;
  return (
    <>
      <form
        className="mx-auto w-full max-w-3xl px-3 sm:px-6"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="rounded-3xl border bg-card p-2 shadow-sm transition-shadow focus-within:border-ring focus-within:ring-[3px] focus-within:ring-ring/25 motion-reduce:transition-none">
          <AttachmentList items={items} onRemove={(key) => attachments.remove(key)} />
          <textarea
            ref={field}
            defaultValue={text}
            rows={1}
            aria-label={t("composer.message")}
            aria-keyshortcuts="Shift+Escape"
            placeholder={t("composer.placeholder")}
            enterKeyHint="send"
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              if (event.target.value === "/") prompts.setOpen(true);
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="block w-full resize-none bg-transparent px-3 pt-2 pb-1 text-base leading-7 outline-none placeholder:text-muted-foreground"
          />
          <div className="flex items-center gap-2 pl-1">
            <AttachButton onFiles={attach} />
            {children}
            {aside?.(text)}
            <span className="ml-auto hidden shrink-0 text-xs text-muted-foreground sm:inline pointer-coarse:hidden">
              {keysHint(running, Boolean(text.trim()), Boolean(aside))}
            </span>
            <button
              type={stopping ? "button" : "submit"}
              onClick={stopping ? on.onStop : undefined}
              disabled={!stopping && (empty || sending)}
              aria-label={stopping ? t("composer.stop") : t("composer.send")}
              title={
                stopping ? t("composer.stopKey") : sending ? t("composer.sending") : t("composer.sendKey")
              }
              className="ml-auto inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-primary text-primary-foreground hover:opacity-90 focus-visible:outline-2 focus-visible:outline-offset-2 disabled:bg-muted disabled:text-muted-foreground sm:ml-0 pointer-coarse:ml-auto pointer-coarse:size-11"
            >
              {stopping ? (
                <Square aria-hidden className="size-3.5 fill-current" />
              ) : (
                <ArrowUp aria-hidden className="size-5" />
              )}
            </button>
          </div>
        </div>
        {over ? (
          <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center bg-background/80 text-lg font-medium">
            <p className="rounded-2xl border-2 border-dashed border-ring px-8 py-6">{t("composer.drop")}</p>
          </div>
        ) : null}
      </form>
      {/* Outside of the form: what is submitted in the menu would send the message as well. */}
      {prompts.wanted ? (
        <Suspense>
          <PromptMenu
            // Prompts that come late must not fall into what is being written by then.
            open={prompts.open && text === "/"}
            onOpenChange={prompts.setOpen}
            onTake={(written) => {
              put(written);
              field.current?.focus();
            }}
            onAttach={(file) => {
              attach([file]);
              if (text === "/") put("");
              field.current?.focus();
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
