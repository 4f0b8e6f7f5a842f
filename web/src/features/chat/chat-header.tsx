"use client";

import { Suspense } from "react";
import type { ChatRowFragment } from "@/gql/graphql";
import { lazy } from "@/lib/lazy";
import { t } from "@/messages/chat";

import { ChatMenu } from "./chat-menu";
import { useTitle } from "./use-title";

const ContextGauge = lazy(() => import("./context/context-gauge"));

type Props = {
  chat: ChatRowFragment | null;
  /** Changes whenever the context may have changed. */
  state: string;
  onFind: () => void;
  /** Brings a message of any branch into view. */
  onReveal: (messageId: string) => void;
};

/** The chat's name: the page's one heading, and the name of the tab; beside it what can be done with the chat. */
export function ChatHeader({ chat, state, onFind, onReveal }: Props) {
  const title = chat ? chat.title || t("untitled") : null;
  useTitle(title);
  if (!chat) return null;
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b pr-2 pl-4">
      <h1 className="min-w-0 flex-1 truncate text-sm font-medium">{title}</h1>
      <Suspense>
        <ContextGauge chatId={chat.id} state={state} />
      </Suspense>
      <ChatMenu chat={chat} onFind={onFind} onReveal={onReveal} />
    </header>
  );
}
