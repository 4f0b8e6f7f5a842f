"use client";

import { useCallback, useState } from "react";

import { toast } from "@/lib/toast";

import type { Target } from "./conversation";
import type { ThreadStore } from "./thread-store";

/** Brings messages into view, from wherever they are in the tree. */
export function useReveal(store: ThreadStore) {
  const [target, setTarget] = useState<Target | null>(null);
  const reveal = useCallback(
    async (messageId: string) => {
      const reason = await store.reveal(messageId);
      if (reason) toast.error(reason);
      else setTarget({ messageId });
    },
    [store],
  );
  const reached = useCallback(() => setTarget(null), []);
  return { target, reveal, reached };
}
