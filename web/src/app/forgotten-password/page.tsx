import type { Metadata } from "next";

import { ForgottenPasswordPage } from "@/features/accounts/forgotten-password-page";

export const metadata: Metadata = { title: "Forgotten password" };

export default function Page() {
  return <ForgottenPasswordPage />;
}
