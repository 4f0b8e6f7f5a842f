"use client";

import { useQuery } from "urql";

import { Skeleton } from "@/components/ui/skeleton";
import { type FragmentType, readFragment } from "@/gql/later";
import { WeighedFragmentDoc, WeighedModelsDocument } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { t } from "@/messages/runs";

import { type Candidate, divided, figuresOfCandidate } from "./weighed";

/** Pools may have hundreds of models; who came far behind explains nothing. */
const SHOWN = 8;
const FIGURES = ["score", "quality", "cost", "firstToken"] as const;

type Use = (modelId: string) => void;

function Able({ candidates, chosen, onUse }: { candidates: Candidate[]; chosen: string; onUse?: Use }) {
  return (
    <table className="w-full text-xs tabular-nums">
      <caption className="sr-only">{t("weighed.about")}</caption>
      <thead>
        <tr className="text-muted-foreground">
          <th scope="col" className="py-1 text-left font-normal">
            {t("weighed.model")}
          </th>
          {FIGURES.map((name) => (
            <th key={name} scope="col" className="py-1 pl-2 text-right font-normal whitespace-nowrap">
              {t(`weighed.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {candidates.slice(0, SHOWN).map((candidate) => {
          const { id, displayName } = candidate.model;
          const taken = id === chosen;
          return (
            <tr key={id} className={cn("border-t", taken && "font-medium")}>
              <th
                scope="row"
                className={cn("max-w-36 py-1 text-left", taken ? "font-medium" : "font-normal")}
              >
                {onUse && !taken ? (
                  <button
                    type="button"
                    title={t("why.use", { name: displayName })}
                    aria-label={t("why.use", { name: displayName })}
                    onClick={() => onUse(id)}
                    className="max-w-full truncate rounded-sm text-left text-primary underline underline-offset-4 pointer-coarse:min-h-11"
                  >
                    {displayName}
                  </button>
                ) : (
                  <span className="block truncate" title={displayName}>
                    {displayName}
                  </span>
                )}
              </th>
              {figuresOfCandidate(candidate).map((figure, index) => (
                <td key={FIGURES[index]} className="py-1 pl-2 text-right whitespace-nowrap">
                  {figure}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function LeftOut({ candidates }: { candidates: Candidate[] }) {
  return (
    <div className="text-xs">
      <p className="text-muted-foreground">{t("weighed.leftOut")}</p>
      <ul className="mt-1 space-y-0.5">
        {candidates.slice(0, SHOWN).map(({ model, excludedBecause }) => (
          <li key={model.id} className="break-words">
            {model.displayName}: {excludedBecause}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Weighed = { of: FragmentType<typeof WeighedFragmentDoc>; chosen: string; onUse?: Use };

/** Every model that a choice looked at: figures of those that could answer, reasons of those that could not. */
export default function WeighedModels({ of, chosen, onUse }: Weighed) {
  const { able, out } = divided(readFragment(WeighedFragmentDoc, of).candidates);
  const more = Math.max(0, able.length - SHOWN) + Math.max(0, out.length - SHOWN);
  return (
    <div className="space-y-3">
      {able.length > 0 ? <Able candidates={able} chosen={chosen} onUse={onUse} /> : null}
      {out.length > 0 ? <LeftOut candidates={out} /> : null}
      {more > 0 ? (
        <p className="text-xs text-muted-foreground">{t("weighed.more", { count: String(more) })}</p>
      ) : null}
    </div>
  );
}

/** The same for a choice that was made; it is asked for when somebody wants to see it. */
export function WeighedModelsOfRun({ runId }: { runId: string }) {
  const [{ data, fetching }] = useQuery({ query: WeighedModelsDocument, variables: { runId } });
  const selection = data?.run?.selection;
  if (selection) return <WeighedModels of={selection} chosen={selection.modelId} />;
  return fetching ? <Skeleton className="h-16 w-full" /> : null;
}
