"use client";

import { useEffect, useState } from "react";

import { useHydrated } from "@/lib/use-hydrated";

const keyOf = (chatId: string | null) => `parley.draft.${chatId ?? "new"}`;

/** Storage may be full or forbidden; a draft is not worth an error. */
function read(chatId: string | null): string {
  try {
    return localStorage.getItem(keyOf(chatId)) ?? "";
  } catch {
    return "";
  }
}

function write(chatId: string | null, text: string) {
  try {
    if (text) localStorage.setItem(keyOf(chatId), text);
    else localStorage.removeItem(keyOf(chatId));
  } catch {
    // as above
  }
}

/** What a draft is for: a chat, or the new one, which gets its id when its first message has made it. */
export type Drafted = { readonly chatId: string | null };

/** What was typed while the first message made the chat is for that chat. */
export function carryDraft(chatId: string) {
  write(chatId, read(null));
  write(null, "");
}

/** What was typed and not sent, one text a chat, kept over reloads on this device. */
export function useDraft(thread: Drafted): [string, (text: string) => void] {
  const hydrated = useHydrated();
  const kept = () => ({ thread, hydrated, text: hydrated ? read(thread.chatId) : "" });
  const [draft, setDraft] = useState(kept);
  if (draft.thread !== thread || draft.hydrated !== hydrated) setDraft(kept());
  useEffect(() => {
    if (draft.hydrated) write(draft.thread.chatId, draft.text);
  }, [draft]);
  return [draft.text, (text) => setDraft({ thread, hydrated, text })];
}
