import type { Metadata } from "next";

import { PlaygroundPage } from "@/features/playground/playground-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.playground };

export default function Page() {
  return <PlaygroundPage />;
}
