"use client";

import { useMutation, useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { RemoveSummaryDocument, SummaryTextDocument } from "@/gql/later/graphql";
import { formatDateTime } from "@/lib/dates";
import { Markdown } from "@/lib/markdown/markdown";
import { money } from "@/lib/quantities";
import { toast } from "@/lib/toast";
import { t } from "@/messages/context";

import { useChat } from "../chat-context";
import { reasonOf } from "../reason";

/** A summary, who wrote it, and the way back to the messages themselves. */
export default function SummaryText({ messageId }: { messageId: string }) {
  const { store } = useChat();
  const [{ data, fetching, error }, ask] = useQuery({ query: SummaryTextDocument, variables: { messageId } });
  const [{ fetching: removing }, remove] = useMutation(RemoveSummaryDocument);
  const summary = data?.node?.__typename === "Message" ? data.node.summary : null;
  if (!summary) {
    if (fetching) return <Skeleton className="h-24 w-full" />;
    if (error && !data?.node)
      return <Unreachable problem={reasonOf(error)} onRetry={() => ask({ requestPolicy: "network-only" })} />;
    return <p className="text-sm text-muted-foreground">{t("summary.gone")}</p>;
  }
  const onRemove = async () => {
    const { data: gone, error: refusal } = await remove({ id: summary.id });
    if (gone) void store.refresh();
    else toast.error(reasonOf(refusal));
  };
  const facts = [summary.modelUsed, formatDateTime(summary.createdAt), money(summary.costUsd)];
  return (
    <div className="space-y-3 text-sm">
      <Markdown text={summary.text} streaming={false} className="gap-2 text-sm leading-6" />
      <p className="text-xs text-muted-foreground">{facts.filter(Boolean).join(" · ")}</p>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="min-w-0 flex-1 basis-48 text-xs leading-5 text-muted-foreground">
          {t("summary.without")}
        </span>
        <Button size="sm" variant="outline" disabled={removing} onClick={() => void onRemove()}>
          {t("summary.remove")}
        </Button>
      </div>
    </div>
  );
}
