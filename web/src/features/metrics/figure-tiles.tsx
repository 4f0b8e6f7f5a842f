import { ArrowDown, ArrowUp } from "lucide-react";

import { cn } from "@/lib/cn";
import { duration, tokens } from "@/lib/quantities";
import { t } from "@/messages/metrics";

import { type Change, changeOf, type Stats } from "./figures";
import type { Dashboard } from "./use-dashboard";
import type { OnDrill } from "./use-drill";
import type { Percentile } from "./views";
import { count, share, usd } from "./words";

type Tile = {
  name: string;
  value: (stats: Stats) => number | null;
  show: (value: number) => string;
  /** Whether more of it is worse, so that a rise is marked. */
  worse: boolean;
  /** Of the calls behind it, whether only those that failed. */
  drill?: "all" | "failed";
};

const tilesOf = (percentile: Percentile): Tile[] => [
  { name: t("figures.calls"), value: ({ calls }) => calls, show: count, worse: false, drill: "all" },
  {
    name: t("figures.errors"),
    value: ({ errorRate }) => errorRate ?? null,
    show: share,
    worse: true,
    drill: "failed",
  },
  {
    name: t("figures.firstToken"),
    value: ({ ttftMs }) => ttftMs[percentile] ?? null,
    show: duration,
    worse: true,
  },
  {
    name: t("figures.wholeAnswer"),
    value: ({ durationMs }) => durationMs[percentile] ?? null,
    show: duration,
    worse: true,
  },
  { name: t("figures.outputTokens"), value: ({ outputTokens }) => outputTokens, show: tokens, worse: false },
  { name: t("figures.cost"), value: ({ costUsd }) => Number(costUsd), show: usd, worse: true },
];

function Comparison({ change, worse }: { change: Change | null; worse: boolean }) {
  if (!change) return <p className="text-xs text-muted-foreground">{t("tiles.noneBefore")}</p>;
  if (change.direction === "same")
    return <p className="text-xs text-muted-foreground">{t("tiles.asBefore")}</p>;
  const up = change.direction === "up";
  const Arrow = up ? ArrowUp : ArrowDown;
  const tone = worse && up ? "text-destructive" : worse ? "text-emerald-700 dark:text-emerald-400" : "";
  return (
    <p className={cn("flex items-center gap-0.5 text-xs text-muted-foreground", tone)}>
      <Arrow aria-hidden className="size-3 shrink-0" />
      <span>
        {t.rich(up ? "tiles.more" : "tiles.less", {
          change: change.words,
          hidden: (chunks) => <span className="sr-only">{chunks}</span>,
        })}
      </span>
    </p>
  );
}

const valueClasses = "mt-0.5 text-xl font-semibold tracking-tight tabular-nums";

type Props = { dashboard: Dashboard; percentile: Percentile; onDrill: OnDrill };

/** The sums of the whole time, each beside what it was in the time just before. */
export function FigureTiles({ dashboard: { totals, before }, percentile, onDrill }: Props) {
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      {tilesOf(percentile).map(({ name, value, show, worse, drill }) => {
        const now = value(totals);
        const shown = now === null ? "–" : show(now);
        return (
          <div key={name} className="rounded-xl border bg-card px-4 py-3 shadow-xs">
            <dt className="text-xs text-muted-foreground">{name}</dt>
            <dd>
              {drill ? (
                <button
                  type="button"
                  aria-haspopup="dialog"
                  aria-label={t("tiles.open", { figure: shown })}
                  onClick={() => onDrill({ of: "models", name }, drill === "failed")}
                  className={cn(
                    valueClasses,
                    "block rounded-sm underline decoration-dotted decoration-1 underline-offset-4 hover:text-primary",
                  )}
                >
                  {shown}
                </button>
              ) : (
                <p className={valueClasses}>{shown}</p>
              )}
              <Comparison change={changeOf(now, value(before.totals))} worse={worse} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
