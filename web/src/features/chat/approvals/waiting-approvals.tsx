"use client";

import { useChanges } from "@parley/react";
import { useEffect } from "react";
import { useQuery } from "urql";
import { setPageBadge } from "@/components/page-badges";
import { WaitingApprovalsDocument } from "@/gql/later/graphql";
import { t } from "@/messages/approvals";

/** Counts what waits for the viewer, in all chats, for the badge in the sidebar. Shows nothing. */
export default function WaitingApprovals() {
  const [{ data }, ask] = useQuery({ query: WaitingApprovalsDocument, requestPolicy: "network-only" });
  const waiting = data?.approvals.totalCount ?? 0;
  useChanges(
    // A run that ends takes what it waited for with it.
    ({ __typename }) => __typename === "ApprovalChanged" || (__typename === "RunChanged" && waiting > 0),
    () => ask({ requestPolicy: "network-only" }),
  );
  useEffect(() => {
    setPageBadge("/approvals", waiting, t("page.badge", { count: String(waiting) }));
    return () => setPageBadge("/approvals", 0, "");
  }, [waiting]);
  return null;
}
