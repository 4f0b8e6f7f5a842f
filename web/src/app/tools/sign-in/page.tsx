import type { Metadata } from "next";

import { SignInBackPage } from "@/features/tools/sign-in-back-page";

export const metadata: Metadata = { title: "Signing in" };

export default function Page() {
  return <SignInBackPage />;
}
