"use client";

import { useEffect } from "react";
import { useQuery } from "urql";

import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { ContextUseDocument } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { percent, tokens } from "@/lib/quantities";
import { t } from "@/messages/context";

import { fullness } from "./fullness";

const RADIUS = 7;
const AROUND = 2 * Math.PI * RADIUS;

function Ring({ share, tight }: { share: number; tight: boolean }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 20 20" className="size-5 -rotate-90">
      <circle
        cx="10"
        cy="10"
        r={RADIUS}
        fill="none"
        strokeWidth="2.5"
        className="stroke-muted-foreground/25"
      />
      <circle
        cx="10"
        cy="10"
        r={RADIUS}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={`${Math.min(1, share) * AROUND} ${AROUND}`}
        className={tight ? "stroke-amber-600 dark:stroke-amber-400" : "stroke-primary"}
      />
    </svg>
  );
}

/** How full the model's window is on this branch; `state` changes whenever that may have changed. */
export default function ContextGauge({ chatId, state }: { chatId: string; state: string }) {
  const [{ data }, ask] = useQuery({
    query: ContextUseDocument,
    variables: { chatId },
    requestPolicy: "cache-only",
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for at first, and anew with every new state
  useEffect(() => ask({ requestPolicy: "network-only" }), [state]);
  const use = data?.chat?.context;
  if (!use) return null;
  const { share, words, tight } = fullness(use);
  return (
    <Popover>
      <PopoverTrigger
        aria-label={t("gauge.named", { words })}
        title={t("gauge.named", { words })}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-accent pointer-coarse:size-11"
      >
        <Ring share={share ?? 0} tight={tight} />
      </PopoverTrigger>
      <PopoverContent align="end" aria-label={t("gauge.title")} className="space-y-3 text-sm">
        <div className="flex items-baseline justify-between gap-4">
          <span className="font-medium">{t("gauge.title")}</span>
          {share === null ? null : (
            <span className={cn("tabular-nums", tight ? "font-medium" : "text-muted-foreground")}>
              {percent(share)}
            </span>
          )}
        </div>
        <dl className="grid grid-cols-[1fr_auto] gap-y-1 text-xs tabular-nums">
          <dt className="text-muted-foreground">{t("gauge.next")}</dt>
          <dd>{t("gauge.about", { tokens: tokens(use.usedTokens) })}</dd>
          <dt className="text-muted-foreground">{t("gauge.window")}</dt>
          <dd>
            {use.windowTokens == null
              ? t("gauge.unknown")
              : t("gauge.tokens", { tokens: tokens(use.windowTokens) })}
          </dd>
        </dl>
        <p className="text-xs leading-5 text-muted-foreground">
          {use.summarizedUpTo ? t("gauge.summarized") : t("gauge.whenFull")}
        </p>
      </PopoverContent>
    </Popover>
  );
}
