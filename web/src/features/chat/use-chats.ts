"use client";

import { listenToChanges, useSocket } from "@parley/react";
import { useEffect, useSyncExternalStore } from "react";
import { type Client, useClient } from "urql";

import { type Chats, ChatsStore, NO_CHATS } from "./chats-store";

const stores = new WeakMap<Client, ChatsStore>();
const nothing = () => NO_CHATS;

function storeOf(client: Client): ChatsStore {
  const known = stores.get(client) ?? new ChatsStore(client);
  stores.set(client, known);
  return known;
}

/** The store alone, for what changes a chat without listing them. */
export const useChatsStore = (): ChatsStore => storeOf(useClient());

/** The list of chats, kept current by what happens in any tab. */
export function useChats(): { view: Chats; store: ChatsStore } {
  const store = useChatsStore();
  const socket = useSocket();
  const view = useSyncExternalStore(store.subscribe, store.snapshot, nothing);

  useEffect(() => {
    void store.refresh();
    return listenToChanges(socket, {
      change: (change) => {
        if (change.__typename === "ChatChanged") store.put(change.chat);
        else if (change.__typename === "ChatDeleted") store.drop(change.chatId);
      },
      gap: () => void store.refresh(),
    });
  }, [store, socket]);
  return { view, store };
}
