"use client";

import { useCallback, useMemo, useState } from "react";

import { toast } from "@/lib/toast";

import type { ChatContextValue } from "./chat-context";
import { openChat } from "./chat-path";
import type { ThreadStore } from "./thread-store";
import type { ModelChoice } from "./use-models";

const complain = (reason: string | null) => reason && toast.error(reason);

/** The verbs of an open chat; a verb that fails says why, and what was written is offered again. */
export function useChatActions(store: ThreadStore, models: readonly ModelChoice[], model: string | null) {
  const [editing, setEditing] = useState<string | null>(null);
  const [offered, setOffered] = useState<{ text: string; at: number } | null>(null);
  const offer = useCallback((text: string) => setOffered({ text, at: Date.now() }), []);

  const send = useCallback(
    async (text: string) => {
      const fresh = store.chatId === null;
      const reason = await store.send({ text, model });
      if (reason) {
        offer(text);
        complain(reason);
      } else if (fresh && window.location.pathname === "/chat") openChat(store.chatId);
    },
    [store, model, offer],
  );

  const shared: ChatContextValue = useMemo(
    () => ({
      store,
      models,
      editing,
      setEditing,
      regenerate: (message, other = model) => void store.regenerate(message, other).then(complain),
      resend: (message, text) =>
        void store.send({ text, model, edits: message }).then((reason) => {
          if (reason) offer(text);
          complain(reason);
        }),
      rate: (message, rating) => void store.rate(message, rating).then(complain),
      switchTo: (messageId) => void store.switchTo(messageId).then(complain),
      cancel: (runId) => void store.cancel(runId).then(complain),
      amend: (messageId, text) => void store.amend(messageId, text).then(complain),
      move: (messageId, by) => void store.move(messageId, by).then(complain),
      withdraw: (messageId) => void store.withdraw(messageId).then(complain),
    }),
    [store, models, editing, model, offer],
  );

  return { shared, send, offered, offer };
}
