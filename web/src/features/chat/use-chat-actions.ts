"use client";

import { useCallback, useMemo, useState } from "react";
import { toast } from "@/lib/toast";
import type { SentFile } from "@/lib/uploads";

import type { Answering } from "./answering";
import type { ChatContextValue } from "./chat-context";
import { cancel, rate } from "./message-verbs";
import { amend, move, withdraw } from "./queue";
import type { ThreadStore } from "./thread-store";
import { attachmentsOf } from "./use-attachments";
import type { ModelChoice } from "./use-models";

const complain = (reason: string | null) => reason && toast.error(reason);

/** The verbs of an open chat; a verb that fails says why, and what was written is offered again. */
export function useChatActions(
  store: ThreadStore,
  models: readonly ModelChoice[],
  model: string | null,
  how: Answering,
) {
  const [editing, setEditing] = useState<string | null>(null);
  const [offered, setOffered] = useState<{ text: string; at: number } | null>(null);
  const offer = useCallback((text: string) => setOffered({ text, at: Date.now() }), []);

  const send = useCallback(
    async (text: string, files: readonly SentFile[] = []) => {
      const reason = await store.send({ text, model, how, files });
      if (reason) {
        offer(text);
        attachmentsOf(store).putBack(files);
        complain(reason);
      }
    },
    [store, model, how, offer],
  );

  const shared: ChatContextValue = useMemo(
    () => ({
      store,
      models,
      editing,
      setEditing,
      regenerate: (message, other = model, thinking = null) =>
        void store.regenerate(message, other, thinking).then(complain),
      resend: (message, text) =>
        void store.send({ text, model, how, edits: message }).then((reason) => {
          if (reason) offer(text);
          complain(reason);
        }),
      rate: (message, rating) => void rate(store, message, rating).then(complain),
      switchTo: (messageId) => void store.switchTo(messageId).then(complain),
      cancel: (runId) => void cancel(store, runId).then(complain),
      amend: (messageId, text) => void amend(store, messageId, text).then(complain),
      move: (messageId, by) => void move(store, messageId, by).then(complain),
      withdraw: (messageId) => void withdraw(store, messageId).then(complain),
      offer,
    }),
    [store, models, editing, model, how, offer],
  );

  return { shared, send, offered, offer };
}
