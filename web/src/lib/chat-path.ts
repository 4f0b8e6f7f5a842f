"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";

/** `/chat/<id>` → the id; `/chat` → null. */
export function chatIdOf(pathname: string): string | null {
  const id = /^\/chat\/([^/]+)/.exec(pathname)?.[1];
  return id ? decodeURIComponent(id) : null;
}

/** Where a chat is, or one message of it: the page goes there and forgets the message's id. */
export function pathOf(chatId: string | null, messageId?: string): string {
  if (!chatId) return "/chat";
  const path = `/chat/${encodeURIComponent(chatId)}`;
  return messageId ? `${path}?message=${encodeURIComponent(messageId)}` : path;
}

export const isChatPage = (pathname: string) => pathname === "/chat" || pathname.startsWith("/chat/");

/** Moves between chats without a request: one static page serves them all, and Next follows the address. */
export function openChat(chatId: string | null, messageId?: string) {
  const path = pathOf(chatId, messageId);
  if (window.location.pathname + window.location.search !== path) window.history.pushState(null, "", path);
}

/** Opens a chat, or one message of it, from any page. */
export function useOpenChat(): typeof openChat {
  const router = useRouter();
  return useCallback(
    (chatId, messageId) => {
      if (isChatPage(window.location.pathname)) openChat(chatId, messageId);
      else router.push(pathOf(chatId, messageId));
    },
    [router],
  );
}
