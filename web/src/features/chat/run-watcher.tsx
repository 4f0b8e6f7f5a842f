"use client";

import { useRunStream } from "@parley/react";
import { useEffect } from "react";

import { t } from "@/messages/chat";

import type { ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";

type Props = { message: ThreadMessage; runId: string; store: ThreadStore; announce: (words: string) => void };

/** Stays with a run even when its answer is scrolled out of sight, and takes over how it ended. Shows nothing. */
export function RunWatcher({ message, runId, store, announce }: Props) {
  const view = useRunStream(runId);
  const finished = view?.finished;
  const text = finished ? (view.messages[message.id]?.text ?? "") : "";
  const asked = finished ? 0 : (view?.asked ?? 0);
  useEffect(() => {
    if (asked > 0) announce(t("announced.asks"));
  }, [asked, announce]);
  useEffect(() => {
    if (!finished) return;
    const complete = finished.status === "COMPLETED";
    announce(
      complete
        ? t("announced.complete", { text: text.slice(0, 300) })
        : finished.status === "CANCELLED"
          ? t("announced.stopped")
          : t("announced.failed"),
    );
    store.finished(message.id, { status: complete ? "COMPLETED" : "INCOMPLETE", content: text });
  }, [finished, text, message.id, store, announce]);
  return null;
}
