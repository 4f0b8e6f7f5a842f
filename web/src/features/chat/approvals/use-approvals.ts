"use client";

import { useChanges } from "@parley/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { readFragment } from "@/gql/later";
import { type ApprovalCardFragment, ApprovalCardFragmentDoc, ApprovalsDocument } from "@/gql/later/graphql";

import { reasonOf } from "../reason";

const PAGE = 25;
/** As many as the server gives at once. */
const MOST = 200;

type List = { approvals: ApprovalCardFragment[]; total: number; end: string | null };

/** The viewer's approvals, those that wait or those that do not, as far as they have been looked at. */
export function useApprovals(pending: boolean) {
  const client = useClient();
  const [list, setList] = useState<List | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useRef(0);

  const load = useCallback(
    async (first: number, behind: List | null) => {
      asked.current += 1;
      const number = asked.current;
      const variables = { first, after: behind?.end ?? null, pending };
      const answer = client.query(ApprovalsDocument, variables, { requestPolicy: "network-only" });
      const { data, error } = await answer.toPromise();
      if (number !== asked.current) return;
      setProblem(data ? null : reasonOf(error));
      if (!data) return;
      const { edges, pageInfo, totalCount } = data.approvals;
      const come = edges.map(({ node }) => readFragment(ApprovalCardFragmentDoc, node));
      setList({
        approvals: [...(behind?.approvals ?? []), ...come],
        total: totalCount,
        end: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
      });
    },
    [client, pending],
  );
  const refresh = useCallback(() => {
    const shown = list?.approvals.length ?? 0;
    return load(Math.min(MOST, Math.max(PAGE, shown)), null);
  }, [load, list]);

  useEffect(() => void load(PAGE, null), [load]);
  useChanges(
    ({ __typename }) => __typename === "ApprovalChanged" || (__typename === "RunChanged" && pending),
    () => void refresh(),
  );
  const more = list?.end ? () => void load(PAGE, list) : null;
  return { list, problem, refresh: () => void refresh(), more };
}
