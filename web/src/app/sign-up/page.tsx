import type { Metadata } from "next";

import { SignUpPage } from "@/features/accounts/sign-up-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.signUp };

export default function Page() {
  return <SignUpPage />;
}
