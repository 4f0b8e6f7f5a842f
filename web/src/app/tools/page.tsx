import type { Metadata } from "next";

import { ToolsPage } from "@/features/tools/tools-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.tools };

export default function Page() {
  return <ToolsPage />;
}
