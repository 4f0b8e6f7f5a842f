"use client";

import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";

import { openChat } from "@/lib/chat-path";
import { t } from "@/messages/chat";

const PATIENCE_MS = 150;

/** Grey lines where messages will be, only when they keep one waiting. */
export function ThreadSkeleton({ failed = false, onRetry }: { failed?: boolean; onRetry?: () => void }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (failed) {
    return (
      <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-3 p-6 text-center">
        <p className="text-muted-foreground">{t("thread.failed")}</p>
        <Button variant="outline" onClick={onRetry}>
          {t("tryAgain")}
        </Button>
      </div>
    );
  }
  return (
    <div
      aria-busy="true"
      aria-label={t("thread.loading")}
      role="status"
      className="mx-auto w-full max-w-3xl flex-1 space-y-6 px-6 pt-8"
    >
      {late
        ? ["ml-auto w-2/5 h-11", "w-full h-24", "ml-auto w-1/3 h-11", "w-4/5 h-20"].map((shape) => (
            <div key={shape} className={`${shape} rounded-2xl bg-muted motion-safe:animate-pulse`} />
          ))
        : null}
    </div>
  );
}

export function MissingChat() {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center">
      <h1 className="text-xl font-semibold">{t("thread.missing")}</h1>
      <p className="text-muted-foreground">{t("thread.missingWhy")}</p>
      <Button onClick={() => openChat(null)}>{t("thread.begin")}</Button>
    </div>
  );
}
