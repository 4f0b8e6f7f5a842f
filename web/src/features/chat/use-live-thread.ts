"use client";

import { type Change, useChanges } from "@parley/react";

import type { ThreadStore } from "./thread-store";

function chatOf(change: Change): string | undefined {
  switch (change.__typename) {
    case "MessageChanged":
    case "ChatDeleted":
      return change.chatId;
    case "RunChanged":
      return change.run.chat.id;
    case "ChatChanged":
      return change.chat.id;
    default:
      return undefined;
  }
}

/** Keeps an open chat current with what other tabs, programs and the server do to it. */
export function useLiveThread(store: ThreadStore) {
  useChanges(
    (change) => chatOf(change) === store.chatId,
    () => void store.refresh(),
  );
}
