"use client";

import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect } from "react";

import { useDraft } from "./use-draft";

const MAX_HEIGHT = 260;

type Props = {
  chatId: string | null;
  field: RefObject<HTMLTextAreaElement | null>;
  running: boolean;
  /** Text put into the field from outside: a starter, or a message that could not be sent. */
  offered: { text: string; at: number } | null;
  onSend: (text: string) => void;
  onStop: () => void;
  onEditLast: () => void;
  /** What is said of the text while it is typed. */
  aside?: (text: string) => ReactNode;
  children?: ReactNode;
};

/** What Enter does; where something is said of the text itself, that has the room. */
function keysHint(running: boolean, written: boolean, crowded: boolean): string {
  if (running && written) return "Enter queues it";
  return written && crowded ? "" : "Enter to send · Shift Enter for a new line";
}

/** Where messages are written. Its typing never re-renders the conversation. */
export function Composer({ chatId, field, running, offered, aside, children, ...on }: Props) {
  const [text, setText] = useDraft(chatId);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new offer is taken once; what is typed later stays
  useLayoutEffect(() => {
    if (!offered) return;
    setText(text.trim() ? `${offered.text}\n${text}` : offered.text);
    field.current?.focus();
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
    // What stands in the field: on a busy machine the key may come before the text has been rendered.
    const content = (field.current?.value ?? text).trim();
    if (!content) return;
    setText("");
    on.onSend(content);
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
    } else if (event.key === "ArrowUp" && text === "") {
      event.preventDefault();
      on.onEditLast();
    }
  };

  const stopping = running && !text.trim();
  return (
    <form
      className="mx-auto w-full max-w-3xl px-3 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="rounded-3xl border bg-card p-2 shadow-sm transition-shadow focus-within:border-ring focus-within:ring-[3px] focus-within:ring-ring/25 motion-reduce:transition-none">
        <textarea
          ref={field}
          value={text}
          rows={1}
          aria-label="Message"
          aria-keyshortcuts="Shift+Escape"
          placeholder="Ask anything"
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="block w-full resize-none bg-transparent px-3 pt-2 pb-1 text-base leading-7 outline-none placeholder:text-muted-foreground"
        />
        <div className="flex items-center gap-2 pl-1">
          {children}
          {aside?.(text)}
          <span className="ml-auto hidden shrink-0 text-xs text-muted-foreground sm:inline pointer-coarse:hidden">
            {keysHint(running, Boolean(text.trim()), Boolean(aside))}
          </span>
          <button
            type={stopping ? "button" : "submit"}
            onClick={stopping ? on.onStop : undefined}
            disabled={!stopping && !text.trim()}
            aria-label={stopping ? "Stop" : "Send"}
            title={stopping ? "Stop (Esc)" : "Send (Enter)"}
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
    </form>
  );
}
