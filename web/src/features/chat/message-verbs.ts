import { CancelRunDocument, type MessageRating, RateMessageDocument } from "@/gql/graphql";

import { reasonOf } from "./reason";
import type { ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";

/** Puts a thumb on an answer, or takes it back; it is seen at once. The reason when it failed. */
export async function rate(
  store: ThreadStore,
  message: ThreadMessage,
  rating: MessageRating | null,
): Promise<string | null> {
  store.patch(message.id, { rating });
  const input = { messageId: message.id, rating };
  const { data, error } = await store.client.mutation(RateMessageDocument, { input }).toPromise();
  if (data) return null;
  store.patch(message.id, { rating: message.rating });
  return reasonOf(error);
}

/** Stops the run; the reason when it failed. */
export async function cancel(store: ThreadStore, runId: string): Promise<string | null> {
  const { data, error } = await store.client.mutation(CancelRunDocument, { id: runId }).toPromise();
  if (!data) return reasonOf(error);
  void store.refresh();
  return null;
}
