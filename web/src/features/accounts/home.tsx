"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

import { Unreachable } from "@/components/unreachable";

import { useViewer } from "./use-viewer";

/** Nothing to see: leads to the chats, or to the door. */
export function Home() {
  const { viewer, signedOut, problem, retry } = useViewer();
  const router = useRouter();
  useEffect(() => {
    if (viewer) router.replace("/chat");
    else if (signedOut) router.replace("/sign-in");
  }, [router, viewer, signedOut]);
  return <main className="h-dvh">{problem ? <Unreachable problem={problem} onRetry={retry} /> : null}</main>;
}
