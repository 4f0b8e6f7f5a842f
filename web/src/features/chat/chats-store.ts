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
  /** Counts changes of chats' tags on the server, by anybody: it may know other tags after one. */
  retagged: number;
};

export const NO_CHATS: Chats = { chats: [], state: "loading", hasMore: false, retagged: 0 };

const newestFirst = (a: ChatRowFragment, b: ChatRowFragment) => b.updatedAt.localeCompare(a.updatedAt);

const changeOfTags = (before: ChatRowFragment | undefined, tags: readonly string[]): 0 | 1 =>
  (before?.tags ?? []).join() === tags.join() ? 0 : 1;

/** The viewer's chats, newest change first: pages as they are asked for, changes as they happen. */
export class ChatsStore {
  private known = new Map<string, ChatRowFragment>();
  /** Taken away on screen, not yet deleted on the server: the person may still undo. */
  private readonly leaving = new Map<string, ReturnType<typeof setTimeout>>();
  private view: Chats = NO_CHATS;
  private cursor: string | null = null;
  private loading: Promise<void> | undefined;
  /** Only chats with it are listed. */
  private tag: string | null = null;
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

  /** Lists only the chats with a tag, or all again. */
  async show(tag: string | null): Promise<void> {
    if (tag === this.tag) return;
    this.tag = tag;
    this.known.clear();
    this.publish({ state: "loading", hasMore: false });
    // What is under way is of the list before; its end says nothing about this one.
    await this.loading;
    if (tag !== this.tag) return;
    this.cursor = null;
    await this.load(null);
  }

  private load(after: string | null): Promise<void> {
    this.loading ??= this.fetchPage(after).finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async fetchPage(after: string | null): Promise<void> {
    const { tag } = this;
    const variables = { first: PAGE, after, filter: { archived: false, tag } };
    const { data } = await this.client.query(ChatListDocument, variables, FRESH).toPromise();
    // Another list is shown by now: what is in this page would stand in it out of its place.
    if (tag !== this.tag) return;
    if (!data) return this.publish({ state: this.view.state === "ready" ? "ready" : "failed" });
    const { edges, pageInfo } = data.chats;
    const again = after === null && this.cursor !== null;
    let { retagged } = this.view;
    for (const { node } of edges) {
      const chat = readFragment(ChatRowFragmentDoc, node);
      if (again) retagged += changeOfTags(this.known.get(chat.id), chat.tags);
      this.known.set(chat.id, chat);
    }
    if (!again) this.cursor = pageInfo.endCursor ?? null;
    this.publish({ state: "ready", hasMore: again ? this.view.hasMore : pageInfo.hasNextPage, retagged });
  }

  /** Takes a chat as the server has it; `before` is how the server had it, where the screen was ahead of that. */
  put(chat: ChatRowFragment, before = this.known.get(chat.id)) {
    const retagged = this.view.retagged + changeOfTags(before, chat.tags);
    this.known.set(chat.id, chat);
    this.publish({ retagged });
  }

  drop(id: string) {
    const retagged = this.view.retagged + changeOfTags(this.known.get(id), []);
    this.known.delete(id);
    this.publish({ retagged });
  }

  /** Changes a chat on screen at once, and back when the server refuses. */
  async update(input: UpdateChatInput): Promise<string | null> {
    const before = this.known.get(input.id);
    if (before) {
      const { title, pinned, archived, tags } = input;
      this.known.set(input.id, {
        ...before,
        title: title ?? before.title,
        pinned: pinned ?? before.pinned,
        archived: archived ?? before.archived,
        tags: tags ?? before.tags,
      });
      this.publish({});
    }
    const { data, error } = await this.client.mutation(UpdateChatDocument, { input }).toPromise();
    const after = data ? readFragment(ChatRowFragmentDoc, data.updateChat.chat) : before;
    if (after) this.put(after, before);
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
    const shown = [...this.known.values()].filter(
      ({ id, archived, tags }) =>
        !archived && !this.leaving.has(id) && (this.tag === null || tags.includes(this.tag)),
    );
    this.view = { ...this.view, ...change, chats: shown.sort(newestFirst) };
    for (const listener of this.listeners) listener();
  }
}
