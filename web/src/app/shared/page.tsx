import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { SharedPage } from "@/features/shared/shared-page";
import { common } from "@/messages/en/common";

/** Who has the link may read it; whoever searches the web may not find it. */
export const metadata: Metadata = { title: common.pages.shared, robots: { index: false, follow: false } };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <SharedPage />
    </Suspense>
  );
}
