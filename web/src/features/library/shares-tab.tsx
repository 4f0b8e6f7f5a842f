"use client";

import { Share2 } from "lucide-react";
import { useMutation } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { MoreButton } from "@/components/more-button";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { RevokeShareDocument, SharesDocument, type SharesQuery } from "@/gql/later/graphql";
import { formatDate, formatDateTime } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { usePages } from "@/lib/use-pages";
import { t as common } from "@/messages/common";
import { t } from "@/messages/library";

type Share = SharesQuery["shares"]["edges"][number]["node"];

const readShares = (data: SharesQuery) => data.shares;

function validity({ expiresAt }: Share): string {
  if (!expiresAt) return t("shares.endless");
  const over = Date.parse(expiresAt) < Date.now();
  const at = formatDateTime(expiresAt);
  return over ? t("shares.ended", { at }) : t("shares.until", { at });
}

function Line({ share, onGone }: { share: Share; onGone: () => void }) {
  const [, revoke] = useMutation(RevokeShareDocument);
  const title = share.title || common("newChat");
  const end = async () => {
    const { error } = await revoke({ id: share.id });
    if (error) return toast.error(messageOf(error));
    onGone();
    toast(t("shares.done"));
  };
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-xl border p-3">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="text-xs text-muted-foreground">
          {t("shares.shared", { date: formatDate(share.createdAt) })} · {validity(share)}
        </span>
      </span>
      <ConfirmButton
        label={t("shares.end", { title })}
        verb={t("shares.verb")}
        title={t("shares.confirm", { title })}
        text={t("shares.loss")}
        onConfirm={() => void end()}
      />
    </li>
  );
}

/** Links by which others can read chats. */
export function SharesTab() {
  const { nodes, state, problem, more, refresh, drop } = usePages(SharesDocument, {}, readShares);
  if (problem) return <Unreachable problem={problem} onRetry={refresh} />;
  if (state === "loading") return <Skeleton className="h-16 w-full rounded-xl" />;
  if (nodes.length === 0)
    return <EmptyState icon={Share2} title={t("shares.none")} text={t("shares.about")} />;
  return (
    <div className="flex flex-col gap-4">
      <ul aria-label={t("shares.list")} className="flex flex-col gap-2">
        {nodes.map((share) => (
          <Line key={share.id} share={share} onGone={() => drop(({ id }) => id === share.id)} />
        ))}
      </ul>
      <MoreButton onMore={more} />
    </div>
  );
}
