import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { AgentsPage } from "@/features/agents/agents-page";

export const metadata: Metadata = { title: "Agents" };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <AgentsPage />
    </Suspense>
  );
}
