import type { Client } from "urql";

import { readFragment } from "@/gql";
import type { SendMessageInput, ThinkingMode } from "@/gql/graphql";
import {
  ChatRowFragmentDoc,
  RegenerateDocument,
  SendMessageDocument,
  ThreadDocument,
  ThreadMessageFragmentDoc,
  UpdateChatDocument,
} from "@/gql/graphql";

import { wishesFor } from "@/lib/selection";
import type { SentFile } from "@/lib/uploads";
import { t } from "@/messages/chat";

import type { Answering } from "./answering";
import { reasonOf } from "./reason";
import {
  EMPTY_THREAD,
  filesOf,
  type MessageFile,
  type Pending,
  patchMessage,
  type Thread,
  type ThreadMessage,
  withAnswer,
  withNewest,
  withOlder,
} from "./thread";
import { pageOf } from "./thread-page";

const PAGE = 60;
/** As many as the server gives at once, for when there is far to go. */
const LONGEST_PAGE = 200;
const FRESH = { requestPolicy: "network-only" } as const;

export type SendOptions = {
  text: string;
  model: string | null;
  how: Answering;
  files?: readonly SentFile[];
  edits?: ThreadMessage;
};
let made = 0;

/** One chat's messages, outside React: loads, sends, and takes over what the server says. */
export class ThreadStore {
  /** Stays the same when a draft becomes a chat, so that nothing on screen is built anew. */
  readonly key = `thread-${++made}`;
  private thread: Thread = EMPTY_THREAD;
  private readonly listeners = new Set<() => void>();
  private fetching: Promise<string | null> | undefined;
  private following: Promise<string | null> | undefined;
  private stale = false;
  private count = 0;
  private beginning: Promise<string | null> = Promise.resolve(null);

  /** `chatId` is null until the first message makes the chat. */
  constructor(
    readonly client: Client,
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

  /**
   * Fetches the newest messages, and resolves to the reason when that failed. Calls during a fetch share the one after
   * it: what is under way may be older than what they want to see.
   */
  refresh(): Promise<string | null> {
    if (!this.chatId) return Promise.resolve(null);
    if (this.fetching) {
      this.following ??= this.fetching.then(() => {
        this.following = undefined;
        return this.refresh();
      });
      return this.following;
    }
    this.fetching = this.fetchNewest(this.chatId).finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetchNewest(id: string): Promise<string | null> {
    const { data, error } = await this.client.query(ThreadDocument, { id, last: PAGE }, FRESH).toPromise();
    if (!data?.chat) {
      const missing =
        Boolean(data) || error?.graphQLErrors.some(({ extensions }) => extensions.code === "NOT_FOUND");
      if (missing) this.set({ ...EMPTY_THREAD, state: "missing" });
      else if (this.thread.state !== "ready") this.set({ ...this.thread, state: "failed" });
      return missing ? t("thread.gone") : reasonOf(error);
    }
    // A send or a fork that is under way knows more than this answer, which may be older.
    if (this.thread.pending.length > 0) {
      this.stale = true;
      return null;
    }
    const chat = readFragment(ChatRowFragmentDoc, data.chat);
    const agentId = data.chat.agent?.id ?? null;
    this.set(withNewest({ ...this.thread, chat, agentId }, pageOf(data.chat.messages)));
    return null;
  }

  async loadOlder(last = PAGE): Promise<void> {
    const { hasOlder, olderCursor } = this.thread;
    if (!this.chatId || !hasOlder) return;
    const variables = { id: this.chatId, last, before: olderCursor };
    const { data } = await this.client.query(ThreadDocument, variables, FRESH).toPromise();
    if (data?.chat) this.set(withOlder(this.thread, pageOf(data.chat.messages)));
  }

  /** Loads the branch back to `messageId`, or to its beginning; says whether the message is on it. */
  async loadBackTo(messageId: string | null): Promise<boolean> {
    const here = () => this.thread.messages.some(({ id }) => id === messageId);
    while (!here() && this.thread.hasOlder) {
      const { olderCursor } = this.thread;
      await this.loadOlder(LONGEST_PAGE);
      if (this.thread.olderCursor === olderCursor) break;
    }
    return here();
  }

  /** Brings a message of any branch into the thread. Resolves to the reason when it failed. */
  async reveal(messageId: string): Promise<string | null> {
    const unloaded = this.thread.state === "ready" ? null : await (this.fetching ?? this.refresh());
    if (unloaded) return unloaded;
    if (await this.loadBackTo(messageId)) return null;
    const reason = await this.switchTo(messageId);
    if (reason) return reason;
    return (await this.loadBackTo(messageId)) ? null : t("thread.unloaded");
  }

  /** Sends a message, or an edited one as a sibling. Resolves to the reason when it failed. */
  send(options: SendOptions): Promise<string | null> {
    const { text, files = [], edits } = options;
    const last = this.thread.messages.at(-1);
    const after = edits ? (edits.parentId ?? null) : (last?.id ?? null);
    // An edit keeps the files of the message.
    const kept = edits ? filesOf(edits) : [];
    const key = this.await(after, text, [...kept, ...files]);
    if (this.chatId) return this.deliver(key, kept, options);
    // Only one message makes the chat: what is sent by then waits, and goes into it.
    this.beginning = this.beginning.then(() => this.deliver(key, kept, options));
    return this.beginning;
  }

  private async deliver(
    key: string,
    kept: MessageFile[],
    { text, model, how, files = [], edits }: SendOptions,
  ) {
    const place: Partial<SendMessageInput> = edits ? { siblingOf: edits.id } : {};
    const fileIds = [...kept.flatMap(({ fileId }) => fileId ?? []), ...files.map(({ id }) => id)];
    const input: SendMessageInput = {
      content: text,
      model,
      chatId: this.chatId,
      idempotencyKey: key,
      ...how,
      ...wishesFor(model),
      ...(fileIds.length > 0 ? { fileIds } : {}),
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
  async regenerate(message: ThreadMessage, model: string | null, thinking: ThinkingMode | null) {
    const key = this.await(message.parentId ?? null, null);
    const input = { messageId: message.id, model, thinking, ...wishesFor(model) };
    const { data, error } = await this.client.mutation(RegenerateDocument, { input }).toPromise();
    this.settle(key);
    if (!data) return reasonOf(error);
    const { chat, reply } = data.regenerate;
    this.adopt(readFragment(ChatRowFragmentDoc, chat), [readFragment(ThreadMessageFragmentDoc, reply)]);
    void this.refresh();
    return null;
  }

  /** Shows the branch through `messageId`; the server goes on to its newest end. */
  async switchTo(messageId: string): Promise<string | null> {
    if (!this.chatId) return null;
    const input = { id: this.chatId, headId: messageId };
    const { data, error } = await this.client.mutation(UpdateChatDocument, { input }).toPromise();
    return data ? this.refresh() : reasonOf(error);
  }

  /** Changes what is shown of a message. */
  patch(messageId: string, patch: Partial<ThreadMessage>) {
    this.set(patchMessage(this.thread, messageId, patch));
  }

  /** Takes over what a finished stream said, before the server is asked again. */
  finished(messageId: string, patch: Partial<ThreadMessage>) {
    this.patch(messageId, patch);
    void this.refresh();
  }

  private await(after: string | null, text: string | null, files?: Pending["files"]): string {
    this.count += 1;
    const key = `${Date.now().toString(36)}-${this.count}-${Math.random().toString(36).slice(2)}`;
    this.set({ ...this.thread, pending: [...this.thread.pending, { key, after, text, files }] });
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
      const after = made.at(-1)?.id ?? null;
      this.thread = { ...this.thread, pending: this.thread.pending.map((next) => ({ ...next, after })) };
      this.born?.(chat.id);
    }
    this.set(withAnswer({ ...this.thread, chat }, made));
  }

  /** Called when the first message has made the chat. */
  born: ((chatId: string) => void) | undefined;
}
