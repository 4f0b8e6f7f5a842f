import type { RunView, Selection, ToolCallView } from "@parley/react";
import { readFragment } from "@/gql";
import {
  type RunResultFragment,
  RunResultFragmentDoc,
  type RunStatus,
  type ThinkingMode,
} from "@/gql/graphql";

import { isOver } from "./run-status";
import type { ThreadMessage } from "./thread";

export type Answer = {
  text: string;
  reasoning: string;
  reasoningMs: number | null;
  toolCalls: readonly ToolCallView[];
  plan: RunView["plan"];
  /** Names of the agents at work, in order, as far as they have been seen coming. */
  agents: readonly string[];
  /** The agent that has given the answer, where it is another one than was asked. */
  handedOverTo: string | null;
  thinking: ThinkingMode;
  /** Whether it was made by a workflow, and not by an agent alone. */
  byWorkflow: boolean;
  status: RunStatus;
  live: boolean;
  /** Whether something may wait for the person: it has asked, and is not done. */
  asks: boolean;
  selection: Selection | null;
  result: Pick<RunResultFragment, "error" | "usage" | "startedAt" | "finishedAt" | "firstTokenMs"> | null;
  modelName: string | null;
};

function storedParts(message: ThreadMessage) {
  const reasoning: string[] = [];
  const toolCalls: ToolCallView[] = [];
  for (const part of message.parts) {
    if (part.__typename === "ReasoningPart") reasoning.push(part.text);
    else if (part.__typename === "ToolCallPart") {
      const { arguments: given, parentId, error, durationMs, ...call } = part.toolCall;
      toolCalls.push({
        ...call,
        arguments: given,
        parentId: parentId ?? null,
        error: error ?? null,
        durationMs: durationMs ?? null,
        progress: null,
      });
    }
  }
  return { reasoning: reasoning.join("\n\n"), toolCalls };
}

/** Who wrote it. The model of a run is not that of the answers which stand beside its own. */
function modelNameOf({ modelUsed }: ThreadMessage, run: RunResultFragment | null): string | null {
  const own = !modelUsed || !run?.model || run.model.name === modelUsed;
  return (own ? run?.model?.displayName : null) ?? modelUsed ?? null;
}

/** One answer to show, from what is stored and — while its run is watched — from the stream, which is ahead. */
export function answerOf(message: ThreadMessage, view: RunView | null): Answer {
  const run = message.run ? readFragment(RunResultFragmentDoc, message.run) : null;
  const stored = storedParts(message);
  const streamed = view?.messages[message.id];
  // A message that is stored whole while its run goes on, in another message, is shown as it is stored.
  const whole = message.status === "COMPLETED";
  // So is one that stands beside the run's own answer, and that nobody has streamed.
  const behind = !view || view.sequence === 0 || (whole && (!view.finished || !streamed));
  const status = behind ? (run?.status ?? "COMPLETED") : view.status;
  const thoughtFor = streamed?.reasoningFrom
    ? Date.parse(streamed.reasoningTo ?? "") - Date.parse(streamed.reasoningFrom)
    : null;
  const live = !isOver(status) && message.status === "IN_PROGRESS";
  return {
    text: behind ? message.content : (streamed?.text ?? ""),
    reasoning: behind ? stored.reasoning : (streamed?.reasoning ?? ""),
    reasoningMs: thoughtFor,
    toolCalls: behind ? stored.toolCalls : view.toolCalls,
    plan: view?.plan ?? null,
    agents: view?.agents ?? [],
    handedOverTo: (run?.agent && message.agentId !== run.agent.id && message.agentId) || null,
    thinking: run?.thinking ?? "IMMEDIATE",
    byWorkflow: Boolean(run?.workflow),
    status,
    live,
    asks: live && (status === "REQUIRES_ACTION" || Boolean(view?.asked)),
    selection: view?.selection ?? run?.selection ?? null,
    result: view?.finished ?? (run && isOver(run.status) ? run : null),
    modelName: modelNameOf(message, run),
  };
}
