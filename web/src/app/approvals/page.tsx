import type { Metadata } from "next";

import { ApprovalsPage } from "@/features/chat/approvals/approvals-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.approvals };

export default function Page() {
  return <ApprovalsPage />;
}
