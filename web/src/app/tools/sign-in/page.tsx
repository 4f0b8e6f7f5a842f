import type { Metadata } from "next";

import { SignInBackPage } from "@/features/tools/sign-in-back-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.toolsSignIn };

export default function Page() {
  return <SignInBackPage />;
}
