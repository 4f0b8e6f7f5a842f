import type { Metadata } from "next";

import { InvitationPage } from "@/features/accounts/invitation-page";

export const metadata: Metadata = { title: "You are invited" };

export default function Page() {
  return <InvitationPage />;
}
