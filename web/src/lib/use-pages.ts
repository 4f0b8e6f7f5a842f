"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { type AnyVariables, type TypedDocumentNode, useClient } from "urql";

import { messageOf } from "@/lib/errors";
import { t } from "@/messages/common";

type Connection<Node> = {
  totalCount?: number;
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
};

type Pages<Node> = {
  nodes: readonly Node[];
  total: number | null;
  state: "loading" | "ready" | "failed";
  problem: string | null;
  cursor: string | null;
};

const NOTHING: Pages<never> = { nodes: [], total: null, state: "loading", problem: null, cursor: null };

/**
 * A list that is read page by page, anew whenever `variables` change by value. `read` finds the connection in the
 * answer, and must stay the same function.
 */
export function usePages<Data, Variables extends AnyVariables, Node>(
  document: TypedDocumentNode<Data, Variables & { first: number; after?: string | null }>,
  variables: Variables,
  read: (data: Data) => Connection<Node>,
) {
  const client = useClient();
  const [pages, setPages] = useState<Pages<Node>>(NOTHING);
  const asked = useRef(0);
  const key = JSON.stringify(variables);

  const load = useCallback(
    async (before: Pages<Node>) => {
      asked.current += 1;
      const mine = asked.current;
      const given = { ...(JSON.parse(key) as Variables), first: 50, after: before.cursor };
      const { data, error } = await client
        .query(document, given, { requestPolicy: "network-only" })
        .toPromise();
      if (mine !== asked.current) return;
      if (!data)
        return setPages({
          ...before,
          state: "failed",
          problem: error ? messageOf(error) : t("errors.noAnswer"),
        });
      const { edges, pageInfo, totalCount } = read(data);
      setPages({
        nodes: [...before.nodes, ...edges.map(({ node }) => node)],
        total: totalCount ?? null,
        state: "ready",
        problem: null,
        cursor: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
      });
    },
    [client, document, key, read],
  );
  const refresh = useCallback(() => void load(NOTHING), [load]);
  useEffect(refresh, [refresh]);

  return {
    ...pages,
    refresh,
    more: pages.cursor ? () => void load(pages) : null,
    /** Puts what has changed in its place without asking again. */
    change: (changed: (node: Node) => Node) =>
      setPages((now) => ({ ...now, nodes: now.nodes.map((node) => changed(node)) })),
    /** Takes what is gone off the list without asking again. */
    drop: (gone: (node: Node) => boolean) =>
      setPages((now) => ({ ...now, nodes: now.nodes.filter((node) => !gone(node)) })),
  };
}
