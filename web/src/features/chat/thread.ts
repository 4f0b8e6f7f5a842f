import type { ChatRowFragment, ThreadMessageFragment } from "@/gql/graphql";

import type { FileView } from "./message-files";

export type ThreadMessage = ThreadMessageFragment;

/** A file of a message; without an id and an address when it is not there any more. */
export type MessageFile = Extract<ThreadMessage["parts"][number], { __typename: "FilePart" }>;

export const filesOf = ({ parts }: ThreadMessage): MessageFile[] =>
  parts.filter((part) => part.__typename === "FilePart");

/** What was asked for and has no answer of the server yet. `after` is the message it hangs from; null is the start. */
export type Pending = {
  key: string;
  after: string | null;
  text: string | null;
  files?: readonly FileView[];
};

export type Thread = {
  chat: ChatRowFragment | null;
  /** The agent that the chat was begun with; null is the default one. */
  agentId: string | null;
  messages: readonly ThreadMessage[];
  pending: readonly Pending[];
  hasOlder: boolean;
  olderCursor: string | null;
  state: "loading" | "ready" | "missing" | "failed";
};

export const EMPTY_THREAD: Thread = {
  chat: null,
  agentId: null,
  messages: [],
  pending: [],
  hasOlder: false,
  olderCursor: null,
  state: "loading",
};

export type Page = { messages: readonly ThreadMessage[]; hasOlder: boolean; olderCursor: string | null };

/** Takes over the newest page; older messages that are loaded stay when the page continues them. */
export function withNewest(thread: Thread, page: Page): Thread {
  const first = page.messages[0];
  const joint = first ? thread.messages.findIndex((message) => message.id === first.id) : -1;
  if (joint <= 0) return { ...thread, ...page, state: "ready" };
  return { ...thread, messages: [...thread.messages.slice(0, joint), ...page.messages], state: "ready" };
}

/** Puts an older page in front, unless the branch has changed since it was asked for. */
export function withOlder(thread: Thread, page: Page): Thread {
  const last = page.messages.at(-1);
  if (last && thread.messages[0]?.parentId !== last.id) return thread;
  return { ...thread, ...page, messages: [...page.messages, ...thread.messages] };
}

/** The branch up to and with `id`; null is before the first message, an unknown id the whole branch. */
export function upTo(messages: readonly ThreadMessage[], id: string | null): readonly ThreadMessage[] {
  if (id === null) return [];
  const index = messages.findIndex((message) => message.id === id);
  return index < 0 ? messages : messages.slice(0, index + 1);
}

/** Puts messages that the server just made where they belong: they replace what followed their parent. */
export function withAnswer(thread: Thread, made: readonly ThreadMessage[]): Thread {
  const [first] = made;
  if (!first) return thread;
  const known = thread.messages.findIndex((message) => message.id === first.id);
  const before = known >= 0 ? thread.messages.slice(0, known) : upTo(thread.messages, first.parentId ?? null);
  return { ...thread, messages: [...before, ...made], state: "ready" };
}

export function patchMessage(thread: Thread, id: string, patch: Partial<ThreadMessage>): Thread {
  const messages = thread.messages.map((message) => (message.id === id ? { ...message, ...patch } : message));
  return { ...thread, messages };
}

export type Row =
  | { kind: "message"; key: string; message: ThreadMessage }
  | { kind: "sending"; key: string; text: string; files: readonly FileView[] }
  | { kind: "waiting"; key: string };

/** What the list shows: the branch, cut where a pending message forks it, then the pending messages. */
export function rowsOf(thread: Thread): Row[] {
  const [fork] = thread.pending;
  const shown = fork ? upTo(thread.messages, fork.after) : thread.messages;
  const rows: Row[] = shown.map((message) => ({ kind: "message", key: message.id, message }));
  for (const pending of thread.pending) {
    const { key, text, files = [] } = pending;
    if (text !== null) rows.push({ kind: "sending", key, text, files });
    rows.push({ kind: "waiting", key: `${key}:reply` });
  }
  return rows;
}

/** Answers still being made, oldest first: the first one runs, the others wait for it. */
export const unfinished = (thread: Thread): ThreadMessage[] =>
  thread.messages.filter((message) => message.status === "IN_PROGRESS" && message.run);

/** Changes whenever what a model would get to see of the branch may have changed. */
export function stateOf({ messages }: Thread): string {
  const last = messages.at(-1);
  const summaries = messages.filter(({ summary }) => summary).length;
  return `${last?.id} ${last?.status} ${summaries}`;
}
