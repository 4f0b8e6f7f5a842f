import { readFragment } from "@/gql";
import { RunResultFragmentDoc, type ThinkingMode } from "@/gql/graphql";

import type { Thread } from "./thread";

/** Who answers a message, or by which workflow, and how; null leaves it to the server. */
export type Answering = { agentId: string | null; workflowId: string | null; thinking: ThinkingMode | null };

/**
 * Who answered last in a chat, and how: its next answers are made in the same way, whoever asks from wherever. Where
 * nothing has been answered yet it is the agent that the chat was begun with.
 */
export function lastAnswering({ messages, agentId }: Pick<Thread, "messages" | "agentId">): Answering {
  const run = messages.findLast((message) => message.run)?.run;
  if (!run) return { agentId, workflowId: null, thinking: null };
  const { agent, workflow, thinking } = readFragment(RunResultFragmentDoc, run);
  if (workflow) return { agentId: null, workflowId: workflow.id, thinking: null };
  return { agentId: agent?.id ?? null, workflowId: null, thinking };
}
