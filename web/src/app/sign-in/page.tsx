import type { Metadata } from "next";

import { SignInPage } from "@/features/accounts/sign-in-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.signIn };

export default function Page() {
  return <SignInPage />;
}
