"use client";

import { useEffect, useState } from "react";

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

/** What was typed and not sent, one text a chat, kept over reloads on this device. */
export function useDraft(chatId: string | null): [string, (text: string) => void] {
  const [draft, setDraft] = useState(() => ({ chatId, text: read(chatId) }));
  if (draft.chatId !== chatId) setDraft({ chatId, text: read(chatId) });
  useEffect(() => write(draft.chatId, draft.text), [draft]);
  return [draft.text, (text) => setDraft({ chatId, text })];
}
