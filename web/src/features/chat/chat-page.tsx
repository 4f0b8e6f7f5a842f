"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";

import { chatIdOf } from "@/lib/chat-path";
import { useHydrated, useInBrowser } from "@/lib/use-hydrated";

import { ChatView } from "./chat-view";

/** Of what is in it nothing can be used before the browser has taken over: a press would be lost. */
function Controls({ children }: { children: ReactNode }) {
  return (
    <fieldset role="presentation" disabled={!useHydrated()} className="contents">
      {children}
    </fieldset>
  );
}

/** One static page for `/chat` and every `/chat/<id>`; which one it is, is only known once the browser has taken over. */
export function ChatPage() {
  const pathname = usePathname();
  const chatId = useInBrowser(() => chatIdOf(pathname), null);
  // By the time this is painted the chat is shown that the address says.
  useEffect(() => {
    delete document.documentElement.dataset.opening;
  }, []);
  return (
    <Controls>
      <ChatView chatId={chatId} />
    </Controls>
  );
}
