"use client";

import { Suspense } from "react";

import { lazy } from "@/lib/lazy";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";

import { useChat } from "../chat-context";

const BranchSheet = lazy(() => import("./branch-sheet"));

/** The drawer with the chat's branches, and what opens it. `onReveal` brings a message into view. */
export function useBranches(chatId: string, onReveal: (messageId: string) => void) {
  const { store } = useChat();
  const { wanted, open, setOpen } = useOnDemand();
  const jump = async ({ id, tipId }: { id: string; tipId: string }) => {
    // First to the branch's own end: below its first message, a branch of it may be newer.
    const reason = await store.switchTo(tipId);
    if (reason) return toast.error(reason);
    onReveal(id);
  };
  const sheet = wanted ? (
    <Suspense>
      <BranchSheet
        chatId={chatId}
        open={open}
        onOpenChange={setOpen}
        onJump={(branch) => void jump(branch)}
      />
    </Suspense>
  ) : null;
  return { showBranches: () => setOpen(true), sheet };
}
