"use client";

import { GitFork } from "lucide-react";

import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import { useTakeOut } from "./use-take-out";

/** Copies the chat up to here into a chat of its own, and opens that. */
export function ForkButton({ messageId }: { messageId: string }) {
  const { store } = useChat();
  const { fork } = useTakeOut();
  const onClick = () => {
    if (store.chatId) void fork(store.chatId, messageId);
  };
  return <ActionButton icon={GitFork} label={t("answer.fork")} onClick={onClick} />;
}
