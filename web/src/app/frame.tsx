"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, Suspense, useDeferredValue } from "react";
import { AppShell } from "@/components/app-shell";
import { ErrorBoundary } from "@/components/error-boundary";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { useSignOut } from "@/features/accounts/use-sign-out";
import { useViewer } from "@/features/accounts/use-viewer";
import { ChatList } from "@/features/chat/chat-list";
import { usePalette } from "@/features/palette/use-palette";
import { isAppPath } from "@/lib/addresses";
import { isChatPage } from "@/lib/chat-path";
import { lazy } from "@/lib/lazy";

import { PageTitle } from "./page-title";

const WaitingApprovals = lazy(() => import("@/features/chat/approvals/waiting-approvals"));

type SignedInProps = {
  /** Whether the page waits until it is known who is there. */
  waits: boolean;
  children: ReactNode;
};

/** The shell around the pages of the application. */
function SignedIn({ waits, children }: SignedInProps) {
  const { viewer: found, problem, retry } = useViewer();
  // Deferred, so that the browser can do something else in between while all that it shows is being built.
  const viewer = useDeferredValue(found);
  const signOut = useSignOut();
  const palette = usePalette({ onSignOut: signOut });
  return (
    <AppShell
      viewer={viewer}
      onSignOut={signOut}
      onSearch={palette.open}
      chats={viewer ? (close) => <ChatList onOpen={close} /> : undefined}
    >
      {viewer ? (
        <Suspense>
          <WaitingApprovals />
        </Suspense>
      ) : null}
      {problem && !viewer ? (
        <Unreachable problem={problem} onRetry={retry} />
      ) : viewer || !waits ? (
        children
      ) : (
        <PageSkeleton />
      )}
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
    <ErrorBoundary>
      <PageTitle />
      {isAppPath(pathname) ? (
        // The chat page asks for what it shows itself; together with the question who is there it is one way less.
        <SignedIn waits={!isChatPage(pathname)}>{page}</SignedIn>
      ) : (
        page
      )}
    </ErrorBoundary>
  );
}
