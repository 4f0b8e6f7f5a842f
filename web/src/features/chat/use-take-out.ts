"use client";

import { useCallback } from "react";
import { useClient } from "urql";

import { ExportChatDocument, type ExportFormat, ForkChatDocument } from "@/gql/graphql";
import { openChat } from "@/lib/chat-path";
import { downloadText } from "@/lib/download";
import { toast } from "@/lib/toast";
import { t } from "@/messages/chat";

import { reasonOf } from "./reason";

/** Takes a chat out of where it is: into a file, or into a chat of its own. Failures are said in a toast. */
export function useTakeOut() {
  const client = useClient();
  const exportChat = useCallback(
    async (id: string, format: ExportFormat) => {
      const asked = client.query(ExportChatDocument, { id, format }, { requestPolicy: "network-only" });
      const { data, error } = await asked.toPromise();
      if (!data) return toast.error(reasonOf(error));
      const { fileName, mediaType, content } = data.exportChat;
      downloadText(fileName, mediaType, content);
    },
    [client],
  );
  const fork = useCallback(
    async (chatId: string, messageId: string) => {
      const input = { chatId, messageId };
      const { data, error } = await client.mutation(ForkChatDocument, { input }).toPromise();
      if (!data) return toast.error(reasonOf(error));
      openChat(data.forkChat.chat.id);
      toast.success(t("thread.forked"));
    },
    [client],
  );
  return { exportChat, fork };
}
