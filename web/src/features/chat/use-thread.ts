"use client";

import { useEffect, useSyncExternalStore } from "react";
import { type Client, useClient } from "urql";

import { EMPTY_THREAD, type Thread } from "./thread";
import { ThreadStore } from "./thread-store";

const KEPT = 50;
/** Chats opened in this tab, so that going back to one shows it at once. Bound to the client: signing out drops them. */
const opened = new WeakMap<Client, Map<string, ThreadStore>>();
const drafts = new WeakMap<Client, ThreadStore>();

function threadsOf(client: Client): Map<string, ThreadStore> {
  const known = opened.get(client) ?? new Map<string, ThreadStore>();
  opened.set(client, known);
  return known;
}

function draftOf(client: Client): ThreadStore {
  const known = drafts.get(client);
  if (known) return known;
  const draft = new ThreadStore(client, null);
  draft.born = (chatId) => {
    threadsOf(client).set(chatId, draft);
    drafts.delete(client);
  };
  drafts.set(client, draft);
  return draft;
}

function threadOf(client: Client, chatId: string | null): ThreadStore {
  if (!chatId) return draftOf(client);
  const threads = threadsOf(client);
  const store = threads.get(chatId) ?? new ThreadStore(client, chatId);
  threads.delete(chatId);
  threads.set(chatId, store);
  const oldest = threads.keys().next().value;
  if (threads.size > KEPT && oldest !== undefined) threads.delete(oldest);
  return store;
}

const nothing = () => EMPTY_THREAD;

/** The thread of a chat, or of the chat that the first message will make; fetched anew when it is opened. */
export function useThread(chatId: string | null): { thread: Thread; store: ThreadStore } {
  const client = useClient();
  const store = threadOf(client, chatId);
  const thread = useSyncExternalStore(store.subscribe, store.snapshot, nothing);
  useEffect(() => {
    void store.refresh();
  }, [store]);
  return { thread, store };
}
