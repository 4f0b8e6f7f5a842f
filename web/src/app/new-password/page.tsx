import type { Metadata } from "next";

import { NewPasswordPage } from "@/features/accounts/new-password-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.newPassword };

export default function Page() {
  return <NewPasswordPage />;
}
