"use client";

import dynamic from "next/dynamic";

import { Spinner } from "@/components/ui/spinner";
import { t } from "@/messages/playground";

function Loading() {
  return (
    <div
      role="status"
      className="flex h-full items-center justify-center gap-2 text-sm text-muted-foreground"
    >
      <Spinner />
      {t("loading")}
    </div>
  );
}

// The editor weighs more than the rest of the application together, and cannot run outside a browser.
const Editor = dynamic(() => import("./editor"), { ssr: false, loading: Loading });

export function PlaygroundPage() {
  return (
    <div className="h-full">
      <h1 className="sr-only">{t("title")}</h1>
      <Editor />
    </div>
  );
}
