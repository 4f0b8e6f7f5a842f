import type { Metadata } from "next";
import Link from "next/link";

import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 bg-sidebar p-6 text-center">
      <Logo className="mb-2 size-11" />
      <h1 className="text-2xl font-semibold tracking-tight">There is no such page</h1>
      <p className="max-w-sm text-sm text-pretty text-muted-foreground">
        The address may be mistyped, or what was here has moved.
      </p>
      <Button asChild className="mt-3">
        <Link href="/chat">Go to your chats</Link>
      </Button>
    </main>
  );
}
