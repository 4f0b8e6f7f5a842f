import { readFragment } from "@/gql";
import {
  ReorderQueuedMessagesDocument,
  ThreadMessageFragmentDoc,
  UpdateQueuedMessageDocument,
  WithdrawQueuedMessageDocument,
} from "@/gql/graphql";

import { reasonOf } from "./reason";
import type { Row, ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";

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

/** Changes the text of a message that waits for its turn; the reason when it failed. */
export async function amend(store: ThreadStore, messageId: string, content: string): Promise<string | null> {
  const input = { messageId, content };
  const { data, error } = await store.client.mutation(UpdateQueuedMessageDocument, { input }).toPromise();
  if (!data) {
    void store.refresh();
    return reasonOf(error);
  }
  store.patch(messageId, readFragment(ThreadMessageFragmentDoc, data.updateQueuedMessage.message));
  return null;
}

/** Moves a message that waits one place to the front (-1) or to the back (1); the reason when it failed. */
export async function move(store: ThreadStore, messageId: string, by: -1 | 1): Promise<string | null> {
  if (!store.chatId) return null;
  const messageIds = moved(queueOf(store.snapshot().messages), messageId, by);
  const input = { chatId: store.chatId, messageIds };
  const { data, error } = await store.client.mutation(ReorderQueuedMessagesDocument, { input }).toPromise();
  await store.refresh();
  return data ? null : reasonOf(error);
}

/** Takes back a message that waits; the reason when it failed. */
export async function withdraw(store: ThreadStore, messageId: string): Promise<string | null> {
  const variables = { id: messageId };
  const { data, error } = await store.client.mutation(WithdrawQueuedMessageDocument, variables).toPromise();
  await store.refresh();
  return data ? null : reasonOf(error);
}
