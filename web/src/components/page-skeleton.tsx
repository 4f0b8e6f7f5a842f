"use client";

import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/messages/common";

/** Stands where a page will be. */
export function PageSkeleton() {
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-4 px-4 py-10 sm:px-6">
      <span role="status" className="sr-only">
        {t("loading")}
      </span>
      <Skeleton className="h-7 w-40" />
      <Skeleton className="h-24 w-full rounded-xl" />
      <Skeleton className="h-24 w-full rounded-xl" />
    </div>
  );
}
