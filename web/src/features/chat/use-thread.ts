"use client";

import { useEffect, useSyncExternalStore } from "react";
import { type Client, useClient } from "urql";

import { chatIdOf, openChat } from "@/lib/chat-path";

import type { Thread } from "./thread";
import { ThreadStore } from "./thread-store";
import { carryDraft } from "./use-draft";

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
  // The address is ahead of what is shown: until that follows, a draft that has become a chat keeps its place.
  if (known && (!known.chatId || known.chatId === chatIdOf(window.location.pathname))) return known;
  const draft = new ThreadStore(client, null);
  draft.born = (chatId) => {
    threadsOf(client).set(chatId, draft);
    carryDraft(chatId);
    if (window.location.pathname === "/chat") openChat(chatId);
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

/** The thread of a chat, or of the chat that the first message will make; fetched anew when it is opened. */
export function useThread(chatId: string | null): { thread: Thread; store: ThreadStore } {
  const client = useClient();
  const store = threadOf(client, chatId);
  const thread = useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  useEffect(() => {
    void store.refresh();
  }, [store]);
  return { thread, store };
}
