import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { DashboardPage } from "@/features/metrics/dashboard-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.dashboard };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <DashboardPage />
    </Suspense>
  );
}
