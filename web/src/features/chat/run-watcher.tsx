"use client";

import { useEffect } from "react";

import { useRunStream } from "@/lib/runs/use-run-stream";

import type { ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";

type Props = { message: ThreadMessage; runId: string; store: ThreadStore; announce: (words: string) => void };

/** Stays with a run even when its answer is scrolled out of sight, and takes over how it ended. Shows nothing. */
export function RunWatcher({ message, runId, store, announce }: Props) {
  const view = useRunStream(runId);
  const finished = view?.finished;
  const text = finished ? (view.messages[message.id]?.text ?? "") : "";
  useEffect(() => {
    if (!finished) return;
    const complete = finished.status === "COMPLETED";
    announce(
      complete
        ? `Answer complete. ${text.slice(0, 300)}`
        : finished.status === "CANCELLED"
          ? "Answer stopped."
          : "The answer failed.",
    );
    store.finished(message.id, { status: complete ? "COMPLETED" : "INCOMPLETE", content: text });
  }, [finished, text, message.id, store, announce]);
  return null;
}
