import type { Metadata } from "next";

import { NewPasswordPage } from "@/features/accounts/new-password-page";

export const metadata: Metadata = { title: "A new password" };

export default function Page() {
  return <NewPasswordPage />;
}
