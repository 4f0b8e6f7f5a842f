"use client";

import { Suspense } from "react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { lazy } from "@/lib/lazy";
import { t } from "@/messages/context";

const SummaryText = lazy(() => import("./summary-text"));

/** A line in the thread: what is above it reaches the model as a summary. */
export function SummaryMarker({ messageId }: { messageId: string }) {
  return (
    <div className="mt-5 flex items-center gap-3 text-xs text-muted-foreground">
      <span aria-hidden className="h-px flex-1 bg-border" />
      <Popover>
        <PopoverTrigger className="rounded-full px-2 py-1 underline-offset-4 hover:text-foreground hover:underline pointer-coarse:min-h-11">
          {t("summary.marker")}
        </PopoverTrigger>
        <PopoverContent
          aria-label={t("summary.title")}
          className="max-h-[min(28rem,70dvh)] w-[27rem] max-w-[calc(100vw-2rem)] overflow-y-auto"
        >
          <Suspense>
            <SummaryText messageId={messageId} />
          </Suspense>
        </PopoverContent>
      </Popover>
      <span aria-hidden className="h-px flex-1 bg-border" />
    </div>
  );
}
