import { readFragment } from "@/gql";
import { ThreadMessageFragmentDoc, type ThreadQuery } from "@/gql/graphql";

import type { Page } from "./thread";

type MessageRefs = NonNullable<ThreadQuery["chat"]>["messages"];

/** A page of messages, as the server gives it. */
export function pageOf(messages: MessageRefs): Page {
  const { hasPreviousPage, startCursor } = messages.pageInfo;
  return {
    messages: messages.edges.map(({ node }) => readFragment(ThreadMessageFragmentDoc, node)),
    hasOlder: hasPreviousPage,
    olderCursor: startCursor ?? null,
  };
}
