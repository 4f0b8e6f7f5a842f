import type { Client } from "urql";

import { readFragment } from "@/gql";
import type { MessageRating, SendMessageInput, ThreadQuery } from "@/gql/graphql";
import {
  CancelRunDocument,
  ChatRowFragmentDoc,
  RateMessageDocument,
  RegenerateDocument,
  ReorderQueuedMessagesDocument,
  SendMessageDocument,
  ThreadDocument,
  ThreadMessageFragmentDoc,
  UpdateChatDocument,
  UpdateQueuedMessageDocument,
  WithdrawQueuedMessageDocument,
} from "@/gql/graphql";

import { currentWishes, wishesInput } from "@/lib/selection";

import { reasonOf } from "./reason";
import {
  EMPTY_THREAD,
  moved,
  type Page,
  patchMessage,
  queueOf,
  type Thread,
  type ThreadMessage,
  withAnswer,
  withNewest,
  withOlder,
} from "./thread";

const PAGE = 60;
const FRESH = { requestPolicy: "network-only" } as const;

export type SendOptions = { text: string; model: string | null; edits?: ThreadMessage };
type MessageRefs = NonNullable<ThreadQuery["chat"]>["messages"];

function pageOf(messages: MessageRefs): Page {
  const { hasPreviousPage, startCursor } = messages.pageInfo;
  return {
    messages: messages.edges.map(({ node }) => readFragment(ThreadMessageFragmentDoc, node)),
    hasOlder: hasPreviousPage,
    olderCursor: startCursor ?? null,
  };
}

/** What matters when the selection chooses; a model that was picked needs no choice. */
const wishesFor = (model: string | null) => (model ? {} : wishesInput(currentWishes()));

let made = 0;

/** One chat's messages, outside React: loads, sends, and takes over what the server says. */
export class ThreadStore {
  /** Stays the same when a draft becomes a chat, so that nothing on screen is built anew. */
  readonly key = `thread-${++made}`;
  private thread: Thread = EMPTY_THREAD;
  private readonly listeners = new Set<() => void>();
  private refreshing: Promise<void> | undefined;
  private again = false;
  private stale = false;
  private count = 0;

  /** `chatId` is null until the first message makes the chat. */
  constructor(
    private readonly client: Client,
    public chatId: string | null,
  ) {
    if (!chatId) this.thread = { ...EMPTY_THREAD, state: "ready" };
  }

  readonly snapshot = (): Thread => this.thread;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private set(thread: Thread) {
    this.thread = thread;
    for (const listener of this.listeners) listener();
  }

  /** Fetches the newest messages; calls during a fetch are answered by one more after it. */
  refresh(): Promise<void> {
    if (!this.chatId) return Promise.resolve();
    this.again = Boolean(this.refreshing);
    this.refreshing ??= this.fetchNewest(this.chatId).finally(() => {
      this.refreshing = undefined;
      if (this.again) void this.refresh();
    });
    return this.refreshing;
  }

  private async fetchNewest(id: string): Promise<void> {
    const { data, error } = await this.client.query(ThreadDocument, { id, last: PAGE }, FRESH).toPromise();
    if (!data) {
      const missing = error?.graphQLErrors.some(({ extensions }) => extensions.code === "NOT_FOUND");
      if (this.thread.state !== "ready" || missing)
        this.set({ ...this.thread, state: missing ? "missing" : "failed" });
      return;
    }
    if (!data.chat) return this.set({ ...EMPTY_THREAD, state: "missing" });
    // A send or a fork that is under way knows more than this answer, which may be older.
    if (this.thread.pending.length > 0) {
      this.stale = true;
      return;
    }
    const chat = readFragment(ChatRowFragmentDoc, data.chat);
    this.set(withNewest({ ...this.thread, chat }, pageOf(data.chat.messages)));
  }

  async loadOlder(): Promise<void> {
    const { hasOlder, olderCursor } = this.thread;
    if (!this.chatId || !hasOlder) return;
    const variables = { id: this.chatId, last: PAGE, before: olderCursor };
    const { data } = await this.client.query(ThreadDocument, variables, FRESH).toPromise();
    if (data?.chat) this.set(withOlder(this.thread, pageOf(data.chat.messages)));
  }

  /** Sends a message, or an edited one as a sibling. Resolves to the reason when it failed. */
  async send({ text, model, edits }: SendOptions): Promise<string | null> {
    const last = this.thread.messages.at(-1);
    const after = edits ? (edits.parentId ?? null) : (last?.id ?? null);
    const place: Partial<SendMessageInput> = edits ? { siblingOf: edits.id } : {};
    const key = this.await(after, text);
    const input: SendMessageInput = {
      content: text,
      model,
      chatId: this.chatId,
      idempotencyKey: key,
      ...wishesFor(model),
      ...place,
    };
    const { data, error } = await this.client.mutation(SendMessageDocument, { input }).toPromise();
    this.settle(key);
    if (!data) return reasonOf(error);
    const { chat, message, reply } = data.sendMessage;
    this.adopt(
      readFragment(ChatRowFragmentDoc, chat),
      [message, reply].map((node) => readFragment(ThreadMessageFragmentDoc, node)),
    );
    return null;
  }

  /** Asks for another answer beside `message`. */
  async regenerate(message: ThreadMessage, model: string | null): Promise<string | null> {
    const key = this.await(message.parentId ?? null, null);
    const { data, error } = await this.client
      .mutation(RegenerateDocument, { input: { messageId: message.id, model, ...wishesFor(model) } })
      .toPromise();
    this.settle(key);
    if (!data) return reasonOf(error);
    const { chat, reply } = data.regenerate;
    this.adopt(readFragment(ChatRowFragmentDoc, chat), [readFragment(ThreadMessageFragmentDoc, reply)]);
    void this.refresh();
    return null;
  }

  /** Puts a thumb on an answer, or takes it back; it is seen at once. */
  async rate(message: ThreadMessage, rating: MessageRating | null): Promise<string | null> {
    this.set(patchMessage(this.thread, message.id, { rating }));
    const input = { messageId: message.id, rating };
    const { data, error } = await this.client.mutation(RateMessageDocument, { input }).toPromise();
    if (data) return null;
    this.set(patchMessage(this.thread, message.id, { rating: message.rating }));
    return reasonOf(error);
  }

  /** Shows the branch through `messageId`; the server goes on to its newest end. */
  async switchTo(messageId: string): Promise<string | null> {
    if (!this.chatId) return null;
    const input = { id: this.chatId, headId: messageId };
    const { data, error } = await this.client.mutation(UpdateChatDocument, { input }).toPromise();
    if (!data) return reasonOf(error);
    await this.refresh();
    return null;
  }

  async cancel(runId: string): Promise<string | null> {
    const { data, error } = await this.client.mutation(CancelRunDocument, { id: runId }).toPromise();
    if (!data) return reasonOf(error);
    void this.refresh();
    return null;
  }

  /** Changes the text of a message that waits for its turn. */
  async amend(messageId: string, content: string): Promise<string | null> {
    const input = { messageId, content };
    const { data, error } = await this.client.mutation(UpdateQueuedMessageDocument, { input }).toPromise();
    if (data) {
      const { message } = data.updateQueuedMessage;
      this.set(patchMessage(this.thread, messageId, readFragment(ThreadMessageFragmentDoc, message)));
    } else void this.refresh();
    return data ? null : reasonOf(error);
  }

  /** Moves a message that waits one place to the front (-1) or to the back (1). */
  async move(messageId: string, by: -1 | 1): Promise<string | null> {
    if (!this.chatId) return null;
    const input = { chatId: this.chatId, messageIds: moved(queueOf(this.thread.messages), messageId, by) };
    const { data, error } = await this.client.mutation(ReorderQueuedMessagesDocument, { input }).toPromise();
    await this.refresh();
    return data ? null : reasonOf(error);
  }

  /** Takes back a message that waits. */
  async withdraw(messageId: string): Promise<string | null> {
    const { data, error } = await this.client
      .mutation(WithdrawQueuedMessageDocument, { id: messageId })
      .toPromise();
    await this.refresh();
    return data ? null : reasonOf(error);
  }

  /** Takes over what a finished stream said, before the server is asked again. */
  finished(messageId: string, patch: Partial<ThreadMessage>) {
    this.set(patchMessage(this.thread, messageId, patch));
    void this.refresh();
  }

  private await(after: string | null, text: string | null): string {
    this.count += 1;
    const key = `${Date.now().toString(36)}-${this.count}-${Math.random().toString(36).slice(2)}`;
    this.set({ ...this.thread, pending: [...this.thread.pending, { key, after, text }] });
    return key;
  }

  private settle(key: string) {
    this.set({ ...this.thread, pending: this.thread.pending.filter((pending) => pending.key !== key) });
    if (this.stale && this.thread.pending.length === 0) {
      this.stale = false;
      void this.refresh();
    }
  }

  private adopt(chat: Thread["chat"], made: ThreadMessage[]) {
    if (chat && !this.chatId) {
      this.chatId = chat.id;
      this.born?.(chat.id);
    }
    this.set(withAnswer({ ...this.thread, chat }, made));
  }

  /** Called when the first message has made the chat. */
  born: ((chatId: string) => void) | undefined;
}
