"use client";

import { useEffect } from "react";

/** What the pages of all chats are called when they are built. */
const BUILT = "Parley";

/** Names the tab after a chat; null is a new one. Next sets the page's own title when it has it, also after this one. */
export function useTitle(title: string | null) {
  useEffect(() => {
    document.title = title ? `${title} · ${BUILT}` : BUILT;
    if (!title) return;
    const observer = new MutationObserver(() => {
      if (document.title === BUILT) document.title = `${title} · ${BUILT}`;
    });
    observer.observe(document.head, { childList: true, characterData: true, subtree: true });
    return () => observer.disconnect();
  }, [title]);
}
