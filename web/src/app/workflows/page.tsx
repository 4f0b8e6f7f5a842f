import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { WorkflowsPage } from "@/features/workflows/workflows-page";

export const metadata: Metadata = { title: "Workflows" };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <WorkflowsPage />
    </Suspense>
  );
}
