"use client";

import { Pin, Trash2 } from "lucide-react";
import { useMutation, useQuery } from "urql";

import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { ForgetUsedMemoryDocument, MemoriesUsedDocument } from "@/gql/later/graphql";
import { toast } from "@/lib/toast";
import { t } from "@/messages/context";

import { ActionButton } from "../action-button";
import { useChat } from "../chat-context";
import { reasonOf } from "../reason";

/** The memories that a model was told of when it wrote an answer; each can be forgotten. */
export default function MemoryTexts({ messageId }: { messageId: string }) {
  const { store } = useChat();
  const [{ data, fetching, error }, ask] = useQuery({
    query: MemoriesUsedDocument,
    variables: { messageId },
    requestPolicy: "network-only",
  });
  const [, forget] = useMutation(ForgetUsedMemoryDocument);
  const memories = data?.node?.__typename === "Message" ? data.node.memoriesUsed : [];

  const again = () => ask({ requestPolicy: "network-only" });

  const onForget = async (id: string) => {
    const { data: gone, error: refusal } = await forget({ id });
    if (!gone) return toast.error(reasonOf(refusal));
    again();
    void store.refresh();
  };
  if (fetching && memories.length === 0) return <Skeleton className="h-12 w-full" />;
  if (error && !data?.node) return <Unreachable problem={reasonOf(error)} onRetry={again} />;
  return (
    <div className="space-y-3 text-sm">
      <p className="font-medium">{t("memories.title")}</p>
      <ul className="max-h-64 space-y-1 overflow-y-auto">
        {memories.map(({ id, text, pinned }) => (
          <li key={id} className="flex items-start gap-2">
            <span className="min-w-0 flex-1 py-1 leading-6 break-words">
              {text}
              {pinned ? (
                <Pin
                  role="img"
                  aria-label={t("memories.pinned")}
                  className="ml-1.5 inline size-3 text-muted-foreground"
                />
              ) : null}
            </span>
            <ActionButton
              icon={Trash2}
              label={t("memories.forget", { text })}
              onClick={() => void onForget(id)}
            />
          </li>
        ))}
      </ul>
      {memories.length === 0 ? <p className="text-muted-foreground">{t("memories.forgotten")}</p> : null}
    </div>
  );
}
