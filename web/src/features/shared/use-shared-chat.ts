"use client";

import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";

import { SharedChatDocument, type SharedChatQuery } from "@/gql/later/graphql";
import { codeOf, messageOf } from "@/lib/errors";

const PAGE = 100;

type Shared = NonNullable<SharedChatQuery["sharedChat"]>;
export type SharedMessage = Shared["messages"]["edges"][number]["node"];

type State = {
  chat: Pick<Shared, "title" | "createdAt" | "expiresAt"> | null;
  messages: readonly SharedMessage[];
  cursor: string | null;
  missing: boolean;
  problem: string | null;
};

const NOTHING: State = { chat: null, messages: [], cursor: null, missing: false, problem: null };

/** What the link with this token leads to, page by page. */
export function useSharedChat(token: string) {
  const client = useClient();
  const [state, setState] = useState(NOTHING);

  const load = useCallback(
    async (before: State) => {
      const variables = { token, first: PAGE, after: before.cursor };
      const { data, error } = await client
        .query(SharedChatDocument, variables, { requestPolicy: "network-only" })
        .toPromise();
      if (data?.sharedChat) {
        const { messages, ...chat } = data.sharedChat;
        const { edges, pageInfo } = messages;
        const cursor = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
        return setState({
          ...NOTHING,
          chat,
          messages: [...before.messages, ...edges.map(({ node }) => node)],
          cursor,
        });
      }
      const missing = !error || codeOf(error) === "NOT_FOUND" || codeOf(error) === "BAD_USER_INPUT";
      setState({ ...before, missing, problem: error && !missing ? messageOf(error) : null });
    },
    [client, token],
  );
  const retry = useCallback(() => void load(NOTHING), [load]);
  useEffect(retry, [retry]);
  return { ...state, retry, more: state.cursor ? () => void load(state) : null };
}
