"use client";

import Link from "next/link";

import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { t } from "@/messages/common";

export function NoSuchPage() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 bg-sidebar p-6 text-center">
      <Logo className="mb-2 size-11" />
      <h1 className="text-2xl font-semibold tracking-tight">{t("notFound.title")}</h1>
      <p className="max-w-sm text-sm text-pretty text-muted-foreground">{t("notFound.text")}</p>
      <Button asChild className="mt-3">
        <Link href="/chat">{t("notFound.action")}</Link>
      </Button>
    </main>
  );
}
