"use client";

import { ThumbsDown, ThumbsUp } from "lucide-react";

import type { MessageRating } from "@/gql/graphql";
import { cn } from "@/lib/cn";
import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import type { ThreadMessage } from "./thread";

const THUMBS = [
  { rating: "UP", label: "answer.good", icon: ThumbsUp },
  { rating: "DOWN", label: "answer.bad", icon: ThumbsDown },
] as const satisfies { rating: MessageRating; label: string; icon: typeof ThumbsUp }[];

/** Two thumbs; pressing one again takes it back. The choice of models learns from them. */
export function Rating({ message }: { message: ThreadMessage }) {
  const { rate } = useChat();
  return (
    <>
      {THUMBS.map(({ rating, label, icon }) => {
        const on = message.rating === rating;
        return (
          <ActionButton
            key={rating}
            icon={icon}
            label={t(label)}
            aria-pressed={on}
            onClick={() => rate(message, on ? null : rating)}
            className={cn(on && "text-primary [&_svg]:fill-primary/20")}
          />
        );
      })}
    </>
  );
}
