import type { Metadata } from "next";

import { InvitationPage } from "@/features/accounts/invitation-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.invitation };

export default function Page() {
  return <InvitationPage />;
}
