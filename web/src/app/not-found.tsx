import type { Metadata } from "next";

import { common } from "@/messages/en/common";

import { NoSuchPage } from "./no-such-page";

export const metadata: Metadata = { title: common.pages.notFound };

export default function NotFound() {
  return <NoSuchPage />;
}
