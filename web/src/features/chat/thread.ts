import type { ChatRowFragment, ThreadMessageFragment } from "@/gql/graphql";

export type ThreadMessage = ThreadMessageFragment;

/** What was asked for and has no answer of the server yet. `after` is the message it hangs from; null is the start. */
export type Pending = {
  key: string;
  after: string | null;
  text: string | null;
};

export type Thread = {
  chat: ChatRowFragment | null;
  messages: readonly ThreadMessage[];
  pending: readonly Pending[];
  hasOlder: boolean;
  olderCursor: string | null;
  state: "loading" | "ready" | "missing" | "failed";
};

export const EMPTY_THREAD: Thread = {
  chat: null,
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
  | { kind: "sending"; key: string; text: string }
  | { kind: "waiting"; key: string };

/** What the list shows: the branch, cut where a pending message forks it, then the pending messages. */
export function rowsOf(thread: Thread): Row[] {
  const [fork] = thread.pending;
  const shown = fork ? upTo(thread.messages, fork.after) : thread.messages;
  const rows: Row[] = shown.map((message) => ({ kind: "message", key: message.id, message }));
  for (const pending of thread.pending) {
    if (pending.text !== null) rows.push({ kind: "sending", key: pending.key, text: pending.text });
    rows.push({ kind: "waiting", key: `${pending.key}:reply` });
  }
  return rows;
}

/** Answers still being made, oldest first: the first one runs, the others wait for it. */
export const unfinished = (thread: Thread): ThreadMessage[] =>
  thread.messages.filter((message) => message.status === "IN_PROGRESS" && message.run);

/** Where a queued message stands among those that wait. */
export type QueuePlace = "only" | "first" | "middle" | "last";

/** The questions that wait for their turn, in order: those of all answers behind the one at work. */
export function queueOf(messages: readonly ThreadMessage[]): string[] {
  const [, ...behind] = messages.filter((message) => message.status === "IN_PROGRESS" && message.run);
  return behind.flatMap(({ run, parentId }) => (run?.status === "QUEUED" && parentId ? [parentId] : []));
}

/** The place of each queued question, and of the answer it waits for. */
export function queuePlaces(rows: readonly Row[]): ReadonlyMap<string, QueuePlace> {
  const messages = rows.flatMap((row) => (row.kind === "message" ? [row.message] : []));
  const queue = queueOf(messages);
  const places = new Map<string, QueuePlace>();
  queue.forEach((id, index) => {
    const last = index === queue.length - 1;
    places.set(id, queue.length === 1 ? "only" : index === 0 ? "first" : last ? "last" : "middle");
  });
  for (const { id, parentId, status } of messages) {
    const place = parentId && status === "IN_PROGRESS" ? places.get(parentId) : undefined;
    if (place) places.set(id, place);
  }
  return places;
}

/** The queue with one message put one place further to the front (-1) or to the back (1). */
export function moved(queue: readonly string[], id: string, by: -1 | 1): string[] {
  const from = queue.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= queue.length) return [...queue];
  const rest = queue.filter((other) => other !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}
