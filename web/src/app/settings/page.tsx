import type { Metadata } from "next";
import { Suspense } from "react";

import { PageSkeleton } from "@/components/page-skeleton";
import { SettingsPage } from "@/features/settings/settings-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.settings };

export default function Page() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <SettingsPage />
    </Suspense>
  );
}
