import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { AgentsPage } from "@/features/agents/agents-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.agents };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <AgentsPage />
    </Suspense>
  );
}
