"use client";

import { Quote } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";

import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import { quoted, selectionIn } from "./quotes";

/** A press must not take away the selection that it is about. */
const keepSelection = { onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault() };

/** Quotes an answer in the message that is being written: what is selected of it, or all of it. */
export function QuoteButton({ text }: { text: string }) {
  const { offer } = useChat();
  return (
    <ActionButton
      icon={Quote}
      label={t("answer.quote")}
      {...keepSelection}
      onClick={(event) => offer(quoted(selectionIn(event.currentTarget.closest("article"))?.text ?? text))}
    />
  );
}

/** Appears above what is selected in the conversation, to quote it. */
export function QuoteSelection({ within }: { within: RefObject<HTMLElement | null> }) {
  const { offer } = useChat();
  const [selected, setSelected] = useState<ReturnType<typeof selectionIn>>(null);
  useEffect(() => {
    const look = () => setSelected(selectionIn(within.current));
    const hide = () => setSelected(null);
    const element = within.current;
    document.addEventListener("selectionchange", look);
    element?.addEventListener("scroll", hide, { passive: true });
    return () => {
      document.removeEventListener("selectionchange", look);
      element?.removeEventListener("scroll", hide);
    };
  }, [within]);
  if (!selected) return null;
  return (
    <button
      type="button"
      {...keepSelection}
      onClick={() => {
        offer(quoted(selected.text));
        window.getSelection()?.removeAllRanges();
      }}
      style={{ top: Math.max(8, selected.top - 44), left: Math.max(8, selected.left) }}
      className="fixed z-30 inline-flex h-9 items-center gap-1.5 rounded-full border bg-popover px-3 text-sm text-popover-foreground shadow-md hover:bg-accent pointer-coarse:h-11"
    >
      <Quote aria-hidden className="size-4" />
      {t("answer.quoteSelection")}
    </button>
  );
}
