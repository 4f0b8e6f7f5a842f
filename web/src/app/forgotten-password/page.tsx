import type { Metadata } from "next";

import { ForgottenPasswordPage } from "@/features/accounts/forgotten-password-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.forgottenPassword };

export default function Page() {
  return <ForgottenPasswordPage />;
}
