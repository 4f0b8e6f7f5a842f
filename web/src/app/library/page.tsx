import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { LibraryPage } from "@/features/library/library-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.library };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <LibraryPage />
    </Suspense>
  );
}
