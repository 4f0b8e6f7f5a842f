"use client";

import { usePathname } from "next/navigation";
import { useDeferredValue } from "react";

import { chatIdOf } from "@/lib/chat-path";
import { useHydrated } from "@/lib/use-hydrated";
import { ChatView } from "./chat-view";
import { ThreadSkeleton } from "./thread-states";

/** One static page for `/chat` and every `/chat/<id>`; the address is only known once the browser has taken over. */
export function ChatPage() {
  const pathname = usePathname();
  // Deferred, so that the browser can do something else in between while the whole page is being built.
  const hydrated = useDeferredValue(useHydrated());
  if (!hydrated) return <ThreadSkeleton />;
  return <ChatView chatId={chatIdOf(pathname)} />;
}
