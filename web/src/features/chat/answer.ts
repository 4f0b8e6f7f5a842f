import { readFragment } from "@/gql";
import { type RunResultFragment, RunResultFragmentDoc, type RunStatus } from "@/gql/graphql";
import type { RunView, Selection, ToolCallView } from "@/lib/runs/fold";

import { isOver } from "./run-status";
import type { ThreadMessage } from "./thread";

export type Answer = {
  text: string;
  reasoning: string;
  reasoningMs: number | null;
  toolCalls: readonly ToolCallView[];
  plan: RunView["plan"];
  status: RunStatus;
  live: boolean;
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
      const { id, name, arguments: given, output, error, status, durationMs } = part.toolCall;
      toolCalls.push({
        id,
        name,
        arguments: given,
        output,
        error: error ?? null,
        status,
        durationMs: durationMs ?? null,
      });
    }
  }
  return { reasoning: reasoning.join("\n\n"), toolCalls };
}

/** One answer to show, from what is stored and — while its run is watched — from the stream, which is ahead. */
export function answerOf(message: ThreadMessage, view: RunView | null): Answer {
  const run = message.run ? readFragment(RunResultFragmentDoc, message.run) : null;
  const stored = storedParts(message);
  const streamed = view?.messages[message.id];
  // A message that is stored whole while its run goes on, in another message, is shown as it is stored.
  const behind = !view || view.sequence === 0 || (message.status === "COMPLETED" && !view.finished);
  const status = behind ? (run?.status ?? "COMPLETED") : view.status;
  const thoughtFor = streamed?.reasoningFrom
    ? Date.parse(streamed.reasoningTo ?? "") - Date.parse(streamed.reasoningFrom)
    : null;
  return {
    text: behind ? message.content : (streamed?.text ?? ""),
    reasoning: behind ? stored.reasoning : (streamed?.reasoning ?? ""),
    reasoningMs: thoughtFor,
    toolCalls: behind ? stored.toolCalls : view.toolCalls,
    plan: view?.plan ?? [],
    status,
    live: !isOver(status) && message.status === "IN_PROGRESS",
    selection: view?.selection ?? run?.selection ?? null,
    result: view?.finished ?? (run && isOver(run.status) ? run : null),
    modelName: run?.model?.displayName ?? message.modelUsed ?? null,
  };
}
