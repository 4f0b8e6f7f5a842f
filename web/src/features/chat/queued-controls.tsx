"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";

import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import type { QueuePlace } from "./queue";

type Props = { messageId: string; place: QueuePlace };

/** What can be done to a message that waits for its turn, beside the pencil of the message itself. */
export function QueuedControls({ messageId, place }: Props) {
  const { move, withdraw } = useChat();
  return (
    <div className="flex items-center justify-end gap-0.5 text-sm">
      <span className="mr-1 rounded-full bg-secondary px-2.5 py-0.5 text-xs text-secondary-foreground">
        {t("queued.title")}
      </span>
      {place === "middle" || place === "last" ? (
        <ActionButton icon={ArrowUp} label={t("queued.earlier")} onClick={() => move(messageId, -1)} />
      ) : null}
      {place === "middle" || place === "first" ? (
        <ActionButton icon={ArrowDown} label={t("queued.later")} onClick={() => move(messageId, 1)} />
      ) : null}
      <ActionButton icon={X} label={t("queued.withdraw")} onClick={() => withdraw(messageId)} />
    </div>
  );
}
