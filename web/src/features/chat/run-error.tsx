"use client";

import { CircleAlert, RefreshCw } from "lucide-react";

import { Button } from "@/components/ui/button";
import type { RunErrorCode } from "@/gql/graphql";
import { t } from "@/messages/runs";

/** A run's failure in words a person can act on. */
function failureOf(code: RunErrorCode | undefined): string {
  const known = code && t.has(`failures.${code}`) ? code : "INTERNAL";
  return t(`failures.${known}`);
}

type Props = { error: { code: RunErrorCode; message: string } | null; onRetry: () => void };

/** Why an answer failed, in words, with a way on. */
export function RunError({ error, onRetry }: Props) {
  return (
    <div role="alert" className="rounded-xl border border-destructive/40 bg-destructive/5 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <CircleAlert aria-hidden className="size-4 shrink-0 text-destructive" />
        <span className="min-w-0 flex-1 basis-48">{failureOf(error?.code)}</span>
        <Button size="sm" variant="outline" onClick={onRetry} className="pointer-coarse:h-11">
          <RefreshCw aria-hidden className="size-4" />
          {t("error.retry")}
        </Button>
      </div>
      {error ? (
        <details className="mt-2 text-muted-foreground">
          <summary className="w-fit cursor-pointer text-xs">{t("error.details")}</summary>
          <p className="mt-1 font-mono text-xs leading-5 break-words">
            {error.code}: {error.message}
          </p>
        </details>
      ) : null}
    </div>
  );
}
