import type { Metadata } from "next";

import { GalleryPage } from "@/features/gallery/gallery-page";

/** For whoever builds pages; nothing leads here. */
export const metadata: Metadata = { title: "Gallery", robots: { index: false, follow: false } };

export default function Page() {
  return <GalleryPage />;
}
