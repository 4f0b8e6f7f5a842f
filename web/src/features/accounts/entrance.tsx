"use client";

import type { ReactNode } from "react";

import { Logo } from "@/components/logo";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { t } from "@/messages/common";

type Props = {
  title: string;
  text: string;
  /** Whether it is not known yet what the page shows. */
  waiting: boolean;
  problem: string | null;
  onRetry: () => void;
  children: ReactNode;
  footer: ReactNode;
};

/** The calm page around the forms that let somebody in. */
export function Entrance({ title, text, waiting, problem, onRetry, children, footer }: Props) {
  return (
    // In the middle as far as can be said before all of it is there: from its top on, so that what comes moves nothing.
    <main className="flex min-h-dvh flex-col items-center bg-sidebar px-4 pt-[max(2.5rem,calc(50dvh-15rem))] pb-10">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div className="flex flex-col items-center gap-3 text-center">
          <Logo className="size-11" />
          <h1 className="entrance mt-1 text-2xl font-semibold tracking-tight">{title}</h1>
          <p className="entrance text-sm text-balance text-muted-foreground">{text}</p>
        </div>
        <div className="relative rounded-2xl border bg-card p-5 shadow-xs sm:p-6">
          {problem ? (
            <Unreachable problem={problem} onRetry={onRetry} />
          ) : waiting ? (
            <FormSkeleton />
          ) : (
            <>
              <div className="entrance">{children}</div>
              {/* In the place of the form, which keeps its size, so that nothing moves when it comes. */}
              <div className="entrance-wait absolute inset-5 hidden sm:inset-6 entering:block">
                <FormSkeleton />
              </div>
            </>
          )}
        </div>
        <div className="entrance min-h-5 text-center text-sm text-muted-foreground">
          {waiting ? null : footer}
        </div>
      </div>
    </main>
  );
}

function FormSkeleton() {
  return (
    <div className="flex flex-col gap-5">
      <span role="status" className="sr-only">
        {t("loading")}
      </span>
      <Skeleton className="h-15 w-full" />
      <Skeleton className="h-15 w-full" />
      <Skeleton className="h-9 w-full" />
    </div>
  );
}
