"use client";

import { useEffect } from "react";

import type { ChatRowFragment } from "@/gql/graphql";

/** The chat's name: the page's one heading, and the name of the tab. */
export function ChatHeader({ chat }: { chat: ChatRowFragment | null }) {
  const title = chat ? chat.title || "New chat" : null;
  useEffect(() => {
    document.title = title ? `${title} · Parley` : "Parley";
  }, [title]);
  if (!title) return null;
  return (
    <header className="flex h-12 shrink-0 items-center border-b px-4 max-md:sr-only">
      <h1 className="truncate text-sm font-medium">{title}</h1>
    </header>
  );
}
