"use client";

import { Suspense } from "react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { lazy } from "@/lib/lazy";
import { t } from "@/messages/context";

const MemoryTexts = lazy(() => import("./memory-texts"));

/** How many memories the model was told of; behind a click, which. */
export function MemoriesUsed({ messageId, count }: { messageId: string; count: number }) {
  if (count === 0) return null;
  return (
    <Popover>
      <PopoverTrigger className="rounded-sm underline-offset-4 hover:text-foreground hover:underline pointer-coarse:-my-2 pointer-coarse:min-h-11">
        {t("memories.count", { count })}
      </PopoverTrigger>
      <PopoverContent align="start" aria-label={t("memories.used")} className="w-80 max-w-[calc(100vw-2rem)]">
        <Suspense>
          <MemoryTexts messageId={messageId} />
        </Suspense>
      </PopoverContent>
    </Popover>
  );
}
