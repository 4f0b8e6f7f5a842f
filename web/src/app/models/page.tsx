import type { Metadata } from "next";

import { ModelsPage } from "@/features/models/models-page";
import { common } from "@/messages/en/common";

export const metadata: Metadata = { title: common.pages.models };

export default function Page() {
  return <ModelsPage />;
}
