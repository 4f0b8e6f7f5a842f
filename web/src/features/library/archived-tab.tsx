"use client";

import { Archive } from "lucide-react";
import { useMutation } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { MoreButton } from "@/components/more-button";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import {
  ArchivedChatsDocument,
  type ArchivedChatsQuery,
  BringBackChatDocument,
  DeleteArchivedChatDocument,
} from "@/gql/later/graphql";
import { pathOf, useOpenChat } from "@/lib/chat-path";
import { formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { usePages } from "@/lib/use-pages";
import { t as common } from "@/messages/common";
import { t } from "@/messages/library";

type Archived = ArchivedChatsQuery["chats"]["edges"][number]["node"];

const readChats = (data: ArchivedChatsQuery) => data.chats;

function Line({ chat, onGone }: { chat: Archived; onGone: () => void }) {
  const open = useOpenChat();
  const [, bringBack] = useMutation(BringBackChatDocument);
  const [, remove] = useMutation(DeleteArchivedChatDocument);
  const title = chat.title || common("newChat");
  const done = (said: string) => (result: Awaited<ReturnType<typeof bringBack | typeof remove>>) => {
    if (result.error) return toast.error(messageOf(result.error));
    onGone();
    toast(said);
  };
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-xl border p-3">
      <a
        href={pathOf(chat.id)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          open(chat.id);
        }}
        className="min-w-0 flex-1 basis-48 rounded-sm hover:underline"
      >
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="text-xs text-muted-foreground">{formatRelative(chat.updatedAt)}</span>
      </a>
      <Button
        variant="outline"
        size="sm"
        aria-label={t("archived.bringBackNamed", { title })}
        onClick={() => void bringBack({ id: chat.id }).then(done(t("archived.broughtBack")))}
      >
        {t("archived.bringBack")}
      </Button>
      <ConfirmButton
        label={t("archived.delete", { title })}
        verb={common("delete")}
        title={t("archived.confirm", { title })}
        text={t("archived.loss")}
        onConfirm={() => void remove({ id: chat.id }).then(done(t("archived.deleted")))}
      />
    </li>
  );
}

/** Chats that were put away. */
export function ArchivedTab() {
  const { nodes, state, problem, more, refresh, drop } = usePages(ArchivedChatsDocument, {}, readChats);
  if (problem) return <Unreachable problem={problem} onRetry={refresh} />;
  if (state === "loading") return <Skeleton className="h-16 w-full rounded-xl" />;
  if (nodes.length === 0)
    return <EmptyState icon={Archive} title={t("archived.none")} text={t("archived.about")} />;
  return (
    <div className="flex flex-col gap-4">
      <ul aria-label={t("archived.list")} className="flex flex-col gap-2">
        {nodes.map((chat) => (
          <Line key={chat.id} chat={chat} onGone={() => drop(({ id }) => id === chat.id)} />
        ))}
      </ul>
      <MoreButton onMore={more} />
    </div>
  );
}
