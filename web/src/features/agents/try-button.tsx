"use client";

import { MessageSquare } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMutation } from "urql";

import { Button, type ButtonProps } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { ChatWithAgentDocument } from "@/gql/later/graphql";
import { pathOf } from "@/lib/chat-path";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/agents";

type Props = Pick<ButtonProps, "variant" | "aria-label"> & { agentId: string };

/** Opens a new chat in which the agent answers. */
export function TryButton({ agentId, ...looks }: Props) {
  const router = useRouter();
  const [{ fetching }, create] = useMutation(ChatWithAgentDocument);
  const begin = async () => {
    const { data, error } = await create({ input: { agentId } });
    if (error) toast.error(messageOf(error));
    else if (data) router.push(pathOf(data.createChat.chat.id));
  };
  return (
    <Button size="sm" disabled={fetching} onClick={() => void begin()} {...looks}>
      {fetching ? <Spinner /> : <MessageSquare aria-hidden />}
      {t("try.button")}
    </Button>
  );
}
