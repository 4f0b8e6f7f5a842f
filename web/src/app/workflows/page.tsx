import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { WorkflowsPage } from "@/features/workflows/workflows-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.workflows };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <WorkflowsPage />
    </Suspense>
  );
}
