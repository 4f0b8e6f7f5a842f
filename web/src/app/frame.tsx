"use client";

import { usePathname } from "next/navigation";
import { lazy, type ReactNode, Suspense } from "react";

import { AppShell } from "@/components/app-shell";
import { ErrorBoundary } from "@/components/error-boundary";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { useSignOut } from "@/features/accounts/use-sign-out";
import { useViewer } from "@/features/accounts/use-viewer";
import { ChatList } from "@/features/chat/chat-list";
import { usePalette } from "@/features/palette/use-palette";
import { isAppPath } from "@/lib/addresses";

import { PageTitle } from "./page-title";

const WaitingApprovals = lazy(() => import("@/features/chat/approvals/waiting-approvals"));

/** The shell around the pages of the application, which wait in it until it is known who is there. */
function SignedIn({ children }: { children: ReactNode }) {
  const { viewer, problem, retry } = useViewer();
  const signOut = useSignOut();
  const palette = usePalette({ onSignOut: signOut });
  return (
    <AppShell
      viewer={viewer}
      onSignOut={signOut}
      onSearch={palette.open}
      chats={viewer ? (close) => <ChatList onOpen={close} /> : undefined}
    >
      <Suspense>{viewer ? <WaitingApprovals /> : null}</Suspense>
      {viewer ? children : problem ? <Unreachable problem={problem} onRetry={retry} /> : <PageSkeleton />}
      {palette.dialog}
    </AppShell>
  );
}

/** One frame around all pages, so that the shell and the chats in it stay while pages change. */
export function Frame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const page = (
    <ErrorBoundary key={isAppPath(pathname) ? pathname.split("/")[1] : "public"}>{children}</ErrorBoundary>
  );
  return (
    <>
      <PageTitle />
      {isAppPath(pathname) ? <SignedIn>{page}</SignedIn> : page}
    </>
  );
}
