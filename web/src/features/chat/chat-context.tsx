"use client";

import { createContext, useContext } from "react";

import type { MessageRating, ThinkingMode } from "@/gql/graphql";

import type { ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";
import type { ModelChoice } from "./use-models";

/** What the parts of an open chat share: its thread, the models, and the verbs that may fail aloud. */
export type ChatContextValue = {
  store: ThreadStore;
  models: readonly ModelChoice[];
  editing: string | null;
  setEditing: (messageId: string | null) => void;
  /** Without a way of thinking it is the one of the answer that is there. */
  regenerate: (message: ThreadMessage, model?: string | null, thinking?: ThinkingMode | null) => void;
  resend: (message: ThreadMessage, text: string) => void;
  rate: (message: ThreadMessage, rating: MessageRating | null) => void;
  switchTo: (messageId: string) => void;
  cancel: (runId: string) => void;
  amend: (messageId: string, text: string) => void;
  move: (messageId: string, by: -1 | 1) => void;
  withdraw: (messageId: string) => void;
  /** Puts text into the field in which a message is written. */
  offer: (text: string) => void;
};

const ChatContext = createContext<ChatContextValue | null>(null);

export const ChatProvider = ChatContext.Provider;

export function useChat(): ChatContextValue {
  const value = useContext(ChatContext);
  if (!value) throw new Error("useChat needs a ChatProvider above it");
  return value;
}
