"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { cn } from "@/lib/cn";
import { t } from "@/messages/common";

import { copyText } from "./clipboard";

type Props = { text: string | (() => string); label: string; showLabel?: boolean; className?: string };

/** Copies and says so for two seconds, to eyes and to screen readers. */
export function CopyButton({ text, label, showLabel = false, className }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => setCopied(await copyText(typeof text === "string" ? text : text()));
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      onClick={() => void copy()}
      aria-label={copied ? t("copied") : label}
      title={showLabel ? undefined : label}
      className={cn(
        "inline-flex h-8 items-center justify-center gap-1.5 rounded-md px-2 text-xs text-muted-foreground hover:bg-accent hover:text-foreground",
        className,
      )}
    >
      <Icon aria-hidden className="size-4" />
      {showLabel ? (copied ? t("copied") : t("copy")) : null}
      <span role="status" className="sr-only">
        {copied ? t("copied") : ""}
      </span>
    </button>
  );
}
