"use client";

import { useEffect } from "react";

import { listenToChanges } from "@/lib/runs/changes";
import { useSocket } from "@/lib/socket";

import type { ThreadStore } from "./thread-store";

const SETTLE_MS = 60;

/** Keeps an open chat current with what other tabs, programs and the server do to it. */
export function useLiveThread(store: ThreadStore) {
  const socket = useSocket();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void store.refresh(), SETTLE_MS);
    };
    const stop = listenToChanges(socket, {
      change: (change) => {
        if (change.__typename === "MessageChanged" && change.chatId === store.chatId) refresh();
        else if (change.__typename === "RunChanged" && change.run.chat.id === store.chatId) refresh();
        else if (change.__typename === "ChatChanged" && change.chat.id === store.chatId) refresh();
        else if (change.__typename === "ChatDeleted" && change.chatId === store.chatId) refresh();
      },
      gap: refresh,
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, socket]);
}
