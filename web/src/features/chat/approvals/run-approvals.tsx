"use client";

import { useChanges } from "@parley/react";
import { useQuery } from "urql";
import { readFragment } from "@/gql/later";
import { ApprovalCardFragmentDoc, RunApprovalsDocument } from "@/gql/later/graphql";

import { WaitingCard } from "./waiting-card";

/** What a run waits for, as cards in its answer; what is decided anywhere else goes from here, too. */
export default function RunApprovals({ runId }: { runId: string }) {
  const [{ data }, ask] = useQuery({
    query: RunApprovalsDocument,
    variables: { runId },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => ask({ requestPolicy: "network-only" });
  useChanges(
    (change) => change.__typename === "ApprovalChanged" && change.approval.run.id === runId,
    refresh,
  );
  const pending = readFragment(ApprovalCardFragmentDoc, data?.run?.pendingApprovals) ?? [];
  if (pending.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {pending.map((approval) => (
        <WaitingCard key={approval.id} approval={approval} onDecided={refresh} />
      ))}
    </div>
  );
}
