"use client";

import { useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { ComparedAnswersDocument, type ComparedAnswersQuery } from "@/gql/later/graphql";
import { Markdown } from "@/lib/markdown/markdown";
import { t } from "@/messages/runs";

import { useChat } from "./chat-context";
import { figuresOf } from "./figures";
import { reasonOf } from "./reason";

type Answers = Extract<NonNullable<ComparedAnswersQuery["node"]>, { __typename?: "Message" }>["siblings"];

type SideProps = {
  name: string;
  answers: Answers;
  index: number;
  onIndex: (index: number) => void;
  onTake: (id: string) => void;
};

/** One of the answers, chosen above it. */
function Side({ name, answers, index, onIndex, onTake }: SideProps) {
  const answer = answers[index];
  if (!answer) return null;
  return (
    <section aria-label={name} className="flex min-h-0 min-w-0 flex-col rounded-xl border">
      <div className="flex items-center gap-2 border-b p-2">
        <select
          aria-label={t("compare.version", { name })}
          value={index}
          onChange={(event) => onIndex(Number(event.target.value))}
          className="h-9 min-w-0 flex-1 rounded-lg border bg-background px-2 text-base md:text-sm pointer-coarse:h-11"
        >
          {answers.map(({ id, modelUsed }, place) => (
            <option key={id} value={place}>
              {place + 1} · {modelUsed ?? t("compare.unknown")}
            </option>
          ))}
        </select>
        <Button size="sm" variant="outline" onClick={() => onTake(answer.id)}>
          {t("compare.take")}
        </Button>
      </div>
      <section
        aria-label={t("compare.text", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto p-4 focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        <Markdown text={answer.content} />
        {answer.run ? (
          <p className="mt-4 text-xs text-muted-foreground tabular-nums">{figuresOf(answer.run)}</p>
        ) : null}
      </section>
    </section>
  );
}

type NoneProps = { waiting: boolean; problem: string | null; onRetry: () => void };

/** What stands where there are not two answers. */
function NoAnswers({ waiting, problem, onRetry }: NoneProps) {
  if (waiting) return <Skeleton className="h-64 w-full" />;
  if (problem) return <Unreachable problem={problem} onRetry={onRetry} />;
  return <p className="text-sm text-muted-foreground">{t("compare.none")}</p>;
}

type Props = { messageId: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Two answers to the same question beside each other. */
export default function CompareDialog({ messageId, open, onOpenChange }: Props) {
  const { switchTo } = useChat();
  const [{ data, fetching, stale, error }, ask] = useQuery({
    query: ComparedAnswersDocument,
    variables: { id: messageId },
    requestPolicy: "cache-and-network",
  });
  const answers = data?.node?.__typename === "Message" ? data.node.siblings : [];
  const shown = Math.max(
    0,
    answers.findIndex(({ id }) => id === messageId),
  );
  const [picked, pick] = useState<[number | null, number | null]>([null, null]);
  const right = picked[1] ?? shown;
  const left = picked[0] ?? (shown > 0 ? shown - 1 : 1);
  const take = (id: string) => {
    onOpenChange(false);
    if (id !== messageId) switchTo(id);
  };
  const shared = { answers, onTake: take };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="flex h-[calc(100dvh-2rem)] flex-col sm:max-w-6xl">
        <DialogTitle>{t("compare.title")}</DialogTitle>
        <DialogDescription className="sr-only">{t("compare.about")}</DialogDescription>
        {answers.length > 1 ? (
          <div className="grid min-h-0 flex-1 auto-rows-fr gap-3 md:grid-cols-2">
            <Side {...shared} name={t("compare.first")} index={left} onIndex={(at) => pick([at, right])} />
            <Side {...shared} name={t("compare.second")} index={right} onIndex={(at) => pick([left, at])} />
          </div>
        ) : (
          <NoAnswers
            waiting={fetching || stale}
            problem={error && !data?.node ? reasonOf(error) : null}
            onRetry={() => ask({ requestPolicy: "network-only" })}
          />
        )}
      </DialogContent>
    </Dialog>
  );
}
