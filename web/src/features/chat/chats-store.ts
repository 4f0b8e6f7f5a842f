import type { Client } from "urql";

import { readFragment } from "@/gql";
import type { ChatRowFragment, UpdateChatInput } from "@/gql/graphql";
import { ChatListDocument, ChatRowFragmentDoc, DeleteChatDocument, UpdateChatDocument } from "@/gql/graphql";

import { reasonOf } from "./reason";

const PAGE = 50;
const FRESH = { requestPolicy: "network-only" } as const;
/** For a request that has to outlive the page. It replaces the client's options, so it says again what to answer. */
const LEAVING = { fetchOptions: { keepalive: true, headers: { accept: "application/json" } } };

export type Chats = {
  chats: readonly ChatRowFragment[];
  state: "loading" | "ready" | "failed";
  hasMore: boolean;
};

const newestFirst = (a: ChatRowFragment, b: ChatRowFragment) => b.updatedAt.localeCompare(a.updatedAt);

/** The viewer's chats, newest change first: pages as they are asked for, changes as they happen. */
export class ChatsStore {
  private known = new Map<string, ChatRowFragment>();
  /** Taken away on screen, not yet deleted on the server: the person may still undo. */
  private readonly leaving = new Map<string, ReturnType<typeof setTimeout>>();
  private view: Chats = { chats: [], state: "loading", hasMore: false };
  private cursor: string | null = null;
  private loading: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly client: Client) {
    window.addEventListener("pagehide", () => this.destroyAll());
  }

  readonly snapshot = (): Chats => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Loads the first page anew; pages behind it that are loaded stay. */
  refresh(): Promise<void> {
    return this.load(null);
  }

  loadMore(): Promise<void> {
    return this.view.hasMore ? this.load(this.cursor) : Promise.resolve();
  }

  private load(after: string | null): Promise<void> {
    this.loading ??= this.fetchPage(after).finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async fetchPage(after: string | null): Promise<void> {
    const variables = { first: PAGE, after, filter: { archived: false } };
    const { data } = await this.client.query(ChatListDocument, variables, FRESH).toPromise();
    if (!data) return this.publish({ state: this.view.state === "ready" ? "ready" : "failed" });
    const { edges, pageInfo } = data.chats;
    for (const { node } of edges) {
      const chat = readFragment(ChatRowFragmentDoc, node);
      this.known.set(chat.id, chat);
    }
    const first = after === null && this.cursor !== null;
    if (!first) this.cursor = pageInfo.endCursor ?? null;
    this.publish({ state: "ready", hasMore: first ? this.view.hasMore : pageInfo.hasNextPage });
  }

  put(chat: ChatRowFragment) {
    this.known.set(chat.id, chat);
    this.publish({});
  }

  drop(id: string) {
    this.known.delete(id);
    this.publish({});
  }

  /** Changes a chat on screen at once, and back when the server refuses. */
  async update(input: UpdateChatInput): Promise<string | null> {
    const before = this.known.get(input.id);
    if (before) {
      const { title, pinned, archived } = input;
      this.put({
        ...before,
        title: title ?? before.title,
        pinned: pinned ?? before.pinned,
        archived: archived ?? before.archived,
      });
    }
    const { data, error } = await this.client.mutation(UpdateChatDocument, { input }).toPromise();
    const after = data ? readFragment(ChatRowFragmentDoc, data.updateChat.chat) : before;
    if (after) this.put(after);
    return data ? null : reasonOf(error);
  }

  /** Takes a chat off the screen and deletes it when the time to undo is over, or when the page goes away. */
  remove(id: string, undoMs: number, failed: (reason: string) => void) {
    const timer = setTimeout(() => void this.destroy(id).then((reason) => reason && failed(reason)), undoMs);
    this.leaving.set(id, timer);
    this.publish({});
  }

  restore(id: string) {
    clearTimeout(this.leaving.get(id));
    this.leaving.delete(id);
    this.publish({});
  }

  /** Deletes now whatever still waits for an undo. `fetch` with keepalive outlives the page. */
  private destroyAll() {
    for (const [id, timer] of this.leaving) {
      clearTimeout(timer);
      void this.destroy(id, LEAVING);
    }
  }

  private async destroy(id: string, context?: typeof LEAVING): Promise<string | null> {
    const { data, error } = await this.client.mutation(DeleteChatDocument, { id }, context).toPromise();
    this.leaving.delete(id);
    if (data) this.drop(id);
    else this.publish({});
    return data ? null : reasonOf(error);
  }

  private publish(change: Partial<Chats>) {
    const shown = [...this.known.values()].filter((chat) => !chat.archived && !this.leaving.has(chat.id));
    this.view = { ...this.view, ...change, chats: shown.sort(newestFirst) };
    for (const listener of this.listeners) listener();
  }
}
