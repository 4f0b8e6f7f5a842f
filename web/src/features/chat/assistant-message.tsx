"use client";

import { storeOf, useRunStream } from "@parley/react";
import { memo, Suspense } from "react";
import { lazy } from "@/lib/lazy";
import { CopyButton } from "@/lib/markdown/copy-button";
import { Markdown } from "@/lib/markdown/markdown";
import { t } from "@/messages/runs";

import { type Answer, answerOf } from "./answer";
import { useChat } from "./chat-context";
import { MemoriesUsed } from "./context/memories-used";
import { figuresOf } from "./figures";
import { ForkButton } from "./fork-button";
import { Handoffs } from "./handoffs";
import { InspectButton } from "./inspector/inspect-button";
import type { QueuePlace } from "./queue";
import { QueuedControls } from "./queued-controls";
import { QuoteButton } from "./quote-button";
import { Rating } from "./rating";
import { Reasoning } from "./reasoning";
import { RegenerateMenu } from "./regenerate-menu";
import { RunError } from "./run-error";
import { isOver } from "./run-status";
import { SelectionNote } from "./selection-note";
import { SiblingArrows } from "./sibling-arrows";
import { worthShowing } from "./thinking/plans";
import { Thoughts } from "./thinking/thoughts";
import type { ThreadMessage } from "./thread";
import { ToolCalls } from "./tool-calls";

const RunApprovals = lazy(() => import("./approvals/run-approvals"));

/** Three quiet dots while nothing has been written yet. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className="flex h-7 items-center gap-2 text-sm text-muted-foreground">
      <span aria-hidden className="flex gap-1">
        {[0, 150, 300].map((delay) => (
          <span
            key={delay}
            style={{ animationDelay: `${delay}ms` }}
            className="size-1.5 rounded-full bg-current motion-safe:animate-pulse"
          />
        ))}
      </span>
      {label}
    </div>
  );
}

function progressOf({ selection, plan, toolCalls }: Answer): string {
  const step = plan?.steps.find(({ status }) => status === "IN_PROGRESS");
  if (step) return step.title;
  if (toolCalls.some(({ status }) => status === "IN_PROGRESS")) return t("answer.usingTool");
  const model = selection?.model?.displayName;
  return model ? t("answer.reading", { model }) : t("answer.choosing");
}

function Footer({ message, answer }: { message: ThreadMessage; answer: Answer }) {
  const figures = answer.result ? figuresOf(answer.result) : "";
  const stopped = answer.status === "CANCELLED" || answer.status === "EXPIRED";
  return (
    <div className="flex flex-col gap-1">
      <div className="flex min-h-5 flex-wrap items-center gap-x-2 text-xs text-muted-foreground tabular-nums">
        {stopped ? (
          <span className="rounded-full bg-secondary px-2 py-0.5 text-secondary-foreground">
            {t("answer.stopped")}
          </span>
        ) : null}
        <SelectionNote selection={answer.selection} fallback={answer.modelName} runId={message.run?.id} />
        {figures ? <span>{figures}</span> : null}
        <MemoriesUsed messageId={message.id} count={message.memoriesUsed.length} />
      </div>
      <div className="-ml-2 flex min-h-8 flex-wrap items-center gap-0.5">
        <SiblingArrows message={message} />
        {answer.text ? (
          <CopyButton text={answer.text} label={t("answer.copy")} className="pointer-coarse:size-11" />
        ) : null}
        {answer.text ? <Rating message={message} /> : null}
        <RegenerateMenu message={message} />
        {answer.text ? <QuoteButton text={answer.text} /> : null}
        {answer.text ? <ForkButton messageId={message.id} /> : null}
        {message.run ? <InspectButton runId={message.run.id} /> : null}
      </div>
    </div>
  );
}

/** A stream that ended a moment ago still knows what is not stored, such as how long the reasoning took. */
function endedView(runId: string) {
  const view = storeOf(runId)?.current;
  return view?.finished ? view : null;
}

type Props = { message: ThreadMessage; queued: QueuePlace | undefined };

/** An answer: reasoning, tools, text, how it ended, and what can be done with it. */
export const AssistantMessage = memo(function AssistantMessage({ message, queued }: Props) {
  const { regenerate } = useChat();
  const watched = message.run && !isOver(message.run.status) ? message.run.id : null;
  const view = useRunStream(watched) ?? (message.run ? endedView(message.run.id) : null);
  const answer = answerOf(message, view);
  const { text, live, status, asks } = answer;
  if (live && queued && status === "QUEUED" && message.parentId)
    return <QueuedControls messageId={message.parentId} place={queued} />;
  return (
    <article
      aria-label={t("answer.title")}
      aria-busy={live}
      tabIndex={-1}
      className="flex min-w-0 flex-col gap-3"
    >
      <Handoffs agents={answer.agents} handedOverTo={answer.handedOverTo} />
      <Thoughts answer={answer} runId={message.run?.id} />
      {answer.reasoning ? (
        <Reasoning text={answer.reasoning} live={live && !text} durationMs={answer.reasoningMs} />
      ) : null}
      <ToolCalls calls={answer.toolCalls} messageId={message.id} stored={!live} />
      {asks && message.run ? (
        <Suspense>
          <RunApprovals runId={message.run.id} />
        </Suspense>
      ) : null}
      {text ? <Markdown text={text} streaming={live} /> : null}
      {live && !text && !answer.reasoning && status !== "REQUIRES_ACTION" && !worthShowing(answer.plan) ? (
        <Waiting label={progressOf(answer)} />
      ) : null}
      {status === "CANCELLING" ? (
        <span className="text-xs text-muted-foreground">{t("answer.stopping")}</span>
      ) : null}
      {status === "FAILED" ? (
        <RunError error={answer.result?.error ?? null} onRetry={() => regenerate(message)} />
      ) : null}
      {live ? null : <Footer message={message} answer={answer} />}
    </article>
  );
});
