"use client";

import { ImageIcon } from "lucide-react";
import { useState } from "react";

import { t } from "@/messages/markdown";

import { safeImage } from "./urls";

/**
 * An image of this site is shown; one of another host waits for a click, because fetching it tells that host what an
 * answer made up about the conversation put into its address.
 */
export function ImageChip({ address, alt }: { address: string; alt: string }) {
  const [wanted, setWanted] = useState(false);
  const [broken, setBroken] = useState(false);
  const image = safeImage(address);
  if (!image) return alt;
  const name = alt || t("image.name");
  if (broken)
    return (
      <span className="text-sm text-muted-foreground">{t("image.broken", { name, host: image.host })}</span>
    );
  if (!image.foreign || wanted) {
    return (
      // biome-ignore lint/performance/noImgElement: a static export has no image server
      <img
        src={image.href}
        alt={alt}
        loading="lazy"
        referrerPolicy="no-referrer"
        onError={() => setBroken(true)}
        className="my-1 inline-block max-h-96 max-w-full rounded-lg border"
      />
    );
  }
  return (
    <button
      type="button"
      onClick={() => setWanted(true)}
      className="inline-flex max-w-full items-center gap-2 rounded-full border px-3 py-1 align-middle text-sm hover:bg-accent"
    >
      <ImageIcon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
      <span className="truncate">{name}</span>
      <span className="shrink-0 text-muted-foreground">{t("image.load", { host: image.host })}</span>
    </button>
  );
}
