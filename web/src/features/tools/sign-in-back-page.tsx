"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useMutation } from "urql";

import { EmptyState } from "@/components/empty-state";
import { PageSkeleton } from "@/components/page-skeleton";
import { Button } from "@/components/ui/button";
import { FinishMcpSignInDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/tools";

import { broughtBack } from "./sign-in-back";

/** Where an MCP server's sign-in sends the browser back to: it takes what the address says, once, and shows the tools. */
export function SignInBackPage() {
  const [, finish] = useMutation(FinishMcpSignInDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const router = useRouter();
  const taken = useRef(false);

  useEffect(() => {
    if (taken.current) return;
    taken.current = true;
    const brought = broughtBack(window.location.search);
    if (!brought) return setProblem(t("signIn.refused"));
    // A code is good once, and for nobody who looks over a shoulder or into the history.
    window.history.replaceState(null, "", window.location.pathname);
    void finish({ input: brought }).then(({ data, error }) => {
      if (!data) return setProblem(error ? messageOf(error) : t("signIn.failed"));
      toast.success(t("signIn.done"));
      router.replace("/tools");
    });
  }, [finish, router]);

  if (problem === null) return <PageSkeleton />;
  return (
    <main className="h-dvh">
      <h1 className="sr-only">{t("signIn.title")}</h1>
      <EmptyState title={t("signIn.notDone")} text={problem}>
        <Button asChild>
          <Link href="/tools">{t("signIn.back")}</Link>
        </Button>
      </EmptyState>
    </main>
  );
}
