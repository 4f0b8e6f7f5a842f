"use client";

import { useConnection } from "@parley/react";
import { useState } from "react";
import { Sparkline } from "@/components/chart/sparkline";
import { LiveMetricsDocument, type LiveMetricsSubscription } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { pace } from "@/lib/quantities";
import { useSubscribed } from "@/lib/use-subscribed";
import { t } from "@/messages/metrics";

type Live = LiveMetricsSubscription["liveMetrics"];

/** A minute of looks, one a second. */
const KEPT = 60;

function Figure({ name, value, alarming = false }: { name: string; value: string; alarming?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{name}</dt>
      <dd className={cn("text-lg font-semibold tabular-nums", alarming && "text-destructive")}>{value}</dd>
    </div>
  );
}

/** What is going on just now, told by the server every second. */
export function LiveStrip({ mine }: { mine: boolean }) {
  const [looks, setLooks] = useState<Live[]>([]);
  useSubscribed(
    LiveMetricsDocument,
    (batch) => setLooks((before) => [...before, ...batch.map((each) => each.liveMetrics)].slice(-KEPT)),
    { everyone: mine ? false : null },
  );
  // What was told before the connection was lost is not what is going on now.
  const now = useConnection() === "online" ? looks.at(-1) : undefined;
  const figure = (value: number | undefined) => (value === undefined ? "–" : String(value));
  return (
    <section
      aria-label={t("live.label")}
      className="flex flex-wrap items-center gap-x-8 gap-y-4 rounded-xl border bg-card px-5 py-4 shadow-xs sm:px-6"
    >
      <p className="flex items-center gap-2 text-sm font-medium max-sm:w-full">
        <span aria-hidden className="relative flex size-2">
          <span
            className={cn(
              "absolute inline-flex size-full rounded-full opacity-60",
              now && "animate-ping bg-emerald-500",
            )}
          />
          <span
            className={cn(
              "relative inline-flex size-2 rounded-full",
              now ? "bg-emerald-500" : "bg-muted-foreground/50",
            )}
          />
        </span>
        {t(now ? "live.on" : "live.off")}
      </p>
      <dl className="grid flex-1 grid-cols-2 gap-x-6 gap-y-3 min-[30rem]:grid-cols-3 lg:grid-cols-5">
        <Figure name={t("live.working")} value={figure(now?.activeRuns)} />
        <Figure name={t("live.waiting")} value={figure(now?.queuedRuns)} />
        <Figure name={t("live.speed")} value={now ? pace(now.outputTokensPerSecond) : "–"} />
        <Figure name={t("live.calls")} value={figure(now?.callsLastMinute)} />
        <Figure
          name={t("live.errors")}
          value={figure(now?.errorsLastMinute)}
          alarming={Boolean(now?.errorsLastMinute)}
        />
      </dl>
      <Sparkline
        values={looks.map(({ outputTokensPerSecond }) => outputTokensPerSecond)}
        length={KEPT}
        className="hidden h-10 w-40 sm:block"
      />
    </section>
  );
}
