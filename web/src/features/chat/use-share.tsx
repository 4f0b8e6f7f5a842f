"use client";

import { Suspense } from "react";
import type { ChatRowFragment } from "@/gql/graphql";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/chat";

const ShareDialog = lazy(() => import("./share-dialog"));

/** The dialog that shares `chat`, and what opens it. */
export function useShare(chat: Pick<ChatRowFragment, "id" | "title">) {
  const { wanted, open, setOpen } = useOnDemand();
  const dialog = wanted ? (
    <Suspense>
      <ShareDialog chatId={chat.id} title={chat.title || t("untitled")} open={open} onOpenChange={setOpen} />
    </Suspense>
  ) : null;
  return { share: () => setOpen(true), dialog };
}
