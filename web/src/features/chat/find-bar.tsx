"use client";

import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useState } from "react";

import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { CONVERSATION } from "./conversation";
import { found, rangesOf } from "./find";
import type { Thread } from "./thread";
import type { ThreadStore } from "./thread-store";

const MARKS = "find-in-chat";

/** Marks `query` in what is on screen of the conversation, without touching its elements. */
function useMarks(query: string) {
  useEffect(() => {
    const conversation = document.getElementById(CONVERSATION);
    if (!conversation || typeof Highlight === "undefined") return;
    const mark = () => CSS.highlights.set(MARKS, new Highlight(...rangesOf(conversation, query)));
    const observer = new MutationObserver(mark);
    observer.observe(conversation, { childList: true, subtree: true, characterData: true });
    mark();
    return () => {
      observer.disconnect();
      CSS.highlights.delete(MARKS);
    };
  }, [query]);
}

type Props = {
  thread: Thread;
  store: ThreadStore;
  onReveal: (messageId: string) => void;
  onClose: () => void;
};

/** Finds words in this chat. Only what is near the screen is in the page, so the browser's own search cannot. */
export default function FindBar({ thread, store, onReveal, onClose }: Props) {
  const [query, setQuery] = useState("");
  const [current, show] = useState<string | null>(null);
  const matches = found(thread.messages, query);
  // Older messages still come in, so a match is known by its message and not by its number.
  const at = current ? matches.indexOf(current) : -1;
  useMarks(query);
  useEffect(() => {
    void store.loadBackTo(null);
  }, [store]);

  const go = useCallback(
    (messageId: string | undefined) => {
      show(messageId ?? null);
      if (messageId) onReveal(messageId);
    },
    [onReveal],
  );
  // The newest match is the likeliest one to be meant.
  const newest = at < 0 ? matches.at(-1) : undefined;
  useEffect(() => {
    if (newest) go(newest);
  }, [newest, go]);
  const step = (by: 1 | -1) => go(matches.at((at + by) % matches.length));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      onClose();
    } else if (event.key === "Enter" && matches.length > 0) {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    }
  };
  const none = matches.length === 0;
  const place = t("find.place", { at: String(at + 1), count: String(matches.length) });
  return (
    <search
      aria-label={t("find.title")}
      className="flex shrink-0 items-center gap-1 border-b bg-card px-2 py-1.5"
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the person just asked to find something
        autoFocus
        value={query}
        aria-label={t("find.title")}
        placeholder={t("find.placeholder")}
        maxLength={200}
        onChange={(event) => {
          setQuery(event.target.value);
          show(null);
        }}
        onKeyDown={onKeyDown}
        className="h-9 min-w-0 flex-1 rounded-lg bg-transparent px-2 text-base outline-none md:text-sm"
      />
      <span role="status" className="shrink-0 px-2 text-xs text-muted-foreground tabular-nums">
        {query.trim() ? (none ? t("find.none") : place) : ""}
      </span>
      <ActionButton icon={ChevronUp} label={t("find.previous")} disabled={none} onClick={() => step(-1)} />
      <ActionButton icon={ChevronDown} label={t("find.next")} disabled={none} onClick={() => step(1)} />
      <ActionButton icon={X} label={t("find.close")} onClick={onClose} />
    </search>
  );
}
