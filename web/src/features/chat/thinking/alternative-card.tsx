"use client";

import { CircleCheck } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { AlternativesQuery } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { perLanguage } from "@/lib/language";
import { t } from "@/messages/thinking";

export type Alternative = NonNullable<AlternativesQuery["run"]>["alternatives"][number];

const HIGHEST = 10;
const decimal = perLanguage(
  (language) => new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

function Scores({ alternative }: { alternative: Alternative }) {
  if (alternative.scores.length === 0) return null;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 text-xs">
      {alternative.scores.map(({ criterion, score }) => (
        <div key={criterion} className="contents">
          <dt className="text-muted-foreground">{criterion}</dt>
          <dd aria-hidden className="h-1 overflow-hidden rounded-full bg-muted">
            <span
              className="block h-full origin-left rounded-full bg-primary"
              style={{ transform: `scaleX(${score / HIGHEST})` }}
            />
          </dd>
          <dd className="tabular-nums">{score}</dd>
        </div>
      ))}
    </dl>
  );
}

function Outlook({ alternative: { projection } }: { alternative: Alternative }) {
  if (!projection) return null;
  const lines = [
    [t("approaches.near"), projection.near],
    [t("approaches.far"), projection.far],
    [t("approaches.risks"), projection.risks.join("; ")],
    [t("approaches.reversibility"), projection.reversibility],
    [t("approaches.conditions"), projection.conditions.join("; ")],
  ].filter(([, words]) => words);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm leading-6">
      {lines.map(([name, words]) => (
        <div key={name} className="contents">
          <dt className="text-xs leading-6 text-muted-foreground">{name}</dt>
          <dd className="min-w-0 break-words">{words}</dd>
        </div>
      ))}
    </dl>
  );
}

type Props = { alternative: Alternative; busy: boolean; onTake: () => void };

/** One approach: what it is, where it leads, how it was judged. */
export function AlternativeCard({ alternative, busy, onTake }: Props) {
  const { title, approach, chosen, totalScore, why, problem, modelName } = alternative;
  return (
    <li
      className={cn(
        "flex flex-col gap-3 rounded-lg border p-4",
        chosen && "border-primary/50 bg-primary/[0.03]",
      )}
    >
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 font-medium break-words">{title}</p>
        {chosen ? (
          <Badge>
            <CircleCheck aria-hidden />
            {t("approaches.taken")}
          </Badge>
        ) : null}
        {totalScore == null ? null : (
          <span className="ml-auto text-sm tabular-nums">
            {t.rich("approaches.score", {
              score: decimal().format(totalScore),
              highest: HIGHEST,
              strong: (chunks) => <span className="font-medium">{chunks}</span>,
              quiet: (chunks) => <span className="text-muted-foreground">{chunks}</span>,
            })}
          </span>
        )}
      </div>
      <p className="text-sm leading-6">{approach}</p>
      <Outlook alternative={alternative} />
      {problem ? <p className="text-sm text-destructive">{problem}</p> : null}
      <Scores alternative={alternative} />
      {why ? <p className="text-xs leading-5 text-muted-foreground">{why}</p> : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {chosen ? null : (
          <Button size="sm" variant="outline" disabled={busy} onClick={onTake}>
            {t("approaches.take")}
          </Button>
        )}
        {modelName ? (
          <span className="ml-auto text-xs text-muted-foreground">
            {t("approaches.by", { model: modelName })}
          </span>
        ) : null}
      </div>
    </li>
  );
}
