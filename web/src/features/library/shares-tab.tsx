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

type Share = SharesQuery["shares"]["edges"][number]["node"];

const readShares = (data: SharesQuery) => data.shares;

function validity({ expiresAt }: Share): string {
  if (!expiresAt) return "works until you end it";
  const over = Date.parse(expiresAt) < Date.now();
  return over ? `ended ${formatDateTime(expiresAt)}` : `works until ${formatDateTime(expiresAt)}`;
}

function Line({ share, onGone }: { share: Share; onGone: () => void }) {
  const [, revoke] = useMutation(RevokeShareDocument);
  const title = share.title || "New chat";
  const end = async () => {
    const { error } = await revoke({ id: share.id });
    if (error) return toast.error(messageOf(error));
    onGone();
    toast("The link leads nowhere now");
  };
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-xl border p-3">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="text-xs text-muted-foreground">
          Shared {formatDate(share.createdAt)} · {validity(share)}
        </span>
      </span>
      <ConfirmButton
        label={`End the link to ${title}`}
        verb="End link"
        title={`End the link to “${title}”?`}
        text="Whoever has it cannot read the chat any more. The chat itself stays."
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
    return (
      <EmptyState
        icon={Share2}
        title="Nothing is shared"
        text="Share a chat from its menu: whoever has the link can read what it showed then."
      />
    );
  return (
    <div className="flex flex-col gap-4">
      <ul aria-label="Shared links" className="flex flex-col gap-2">
        {nodes.map((share) => (
          <Line key={share.id} share={share} onGone={() => drop(({ id }) => id === share.id)} />
        ))}
      </ul>
      <MoreButton onMore={more} />
    </div>
  );
}
