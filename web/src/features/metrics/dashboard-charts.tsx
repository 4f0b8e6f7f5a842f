"use client";

import type { Column } from "@/components/chart/columns";
import { FiguresCard } from "@/components/chart/figures-card";
import { Legend } from "@/components/chart/legend";
import type { Series } from "@/components/chart/series";
import { TimeChart } from "@/components/chart/time-chart";
import { tokens } from "@/lib/quantities";
import { t } from "@/messages/metrics";

import { layersOf, linesOf, type Row, rowsOf, type Stats } from "./figures";
import { SelectionQuality } from "./selection-quality";
import type { Dashboard } from "./use-dashboard";
import { type Percentile, type View, wordsOf } from "./views";
import { count, speed, time, usd } from "./words";

type Chart = {
  title: string;
  text: string;
  file: string;
  none: string;
  show: (value: number) => string;
  whole?: boolean;
} & (
  | { kind: "bars"; value: (stats: Stats) => number }
  | { kind: "lines"; value: (stats: Stats) => number | null | undefined }
);

const chartsOf = (percentile: Percentile): Chart[] => [
  {
    title: t("figures.calls"),
    text: t("charts.calls"),
    file: "calls",
    none: t("charts.noCalls"),
    kind: "bars",
    value: ({ calls }) => calls,
    show: count,
    whole: true,
  },
  {
    title: t("figures.firstToken"),
    text: t("charts.firstToken"),
    file: "first-token",
    none: t("charts.noAnswers"),
    kind: "lines",
    value: ({ ttftMs }) => ttftMs[percentile],
    show: time,
  },
  {
    title: t("figures.outputTokens"),
    text: t("charts.outputTokens"),
    file: "output-tokens",
    none: t("charts.noAnswers"),
    kind: "bars",
    value: ({ outputTokens }) => outputTokens,
    show: tokens,
    whole: true,
  },
  {
    title: t("figures.wholeAnswer"),
    text: t("charts.wholeAnswer"),
    file: "whole-answer",
    none: t("charts.noAnswers"),
    kind: "lines",
    value: ({ durationMs }) => durationMs[percentile],
    show: time,
  },
  {
    title: t("figures.cost"),
    text: t("charts.cost"),
    file: "cost",
    none: t("charts.noCost"),
    kind: "bars",
    value: ({ costUsd }) => Number(costUsd),
    show: usd,
  },
  {
    title: t("figures.speed"),
    text: t("charts.speed"),
    file: "speed",
    none: t("charts.noAnswers"),
    kind: "lines",
    value: ({ outputTokensPerSecond }) => outputTokensPerSecond[percentile],
    show: speed,
  },
  {
    title: t("figures.errors"),
    text: t("charts.errors"),
    file: "errors",
    none: t("charts.noErrors"),
    kind: "bars",
    value: ({ errors }) => errors,
    show: count,
    whole: true,
  },
];

const columnsOf = (series: readonly Series[], show: (value: number) => string): Column<Row>[] => [
  {
    title: t("figures.time"),
    of: ({ start }) => new Date(start).toISOString().slice(0, 16).replace("T", " "),
  },
  ...series.map(({ name }, at) => ({ title: name, of: ({ values }: Row) => values[at] ?? null, show })),
];

/** No two columns of a file have one name. */
const distinct = (series: readonly Series[]): Series[] =>
  series.map((one, at) => {
    const earlier = series.slice(0, at).filter(({ name }) => name === one.name).length;
    return earlier > 0 ? { ...one, name: `${one.name} (${earlier + 1})` } : one;
  });

function ChartCard({ chart, dashboard, view }: { chart: Chart; dashboard: Dashboard; view: View }) {
  const { points, colours, cut } = dashboard;
  const { starts, size } = cut;
  const series = distinct(
    chart.kind === "bars"
      ? layersOf(points, colours, starts, size, chart.value)
      : linesOf(points, colours, starts, size, chart.value),
  );
  return (
    <FiguresCard
      title={chart.title}
      text={chart.text}
      none={chart.none}
      fileName={`parley-${chart.file}-${view.range.value}`}
      columns={columnsOf(series, chart.show)}
      rows={rowsOf(series, starts)}
      keyOf={({ start }) => String(start)}
    >
      <TimeChart
        label={chart.title}
        kind={chart.kind}
        times={starts.map((start) => wordsOf(start, view))}
        series={series}
        format={chart.show}
        whole={chart.whole}
      />
      <Legend series={series} />
    </FiguresCard>
  );
}

export function DashboardCharts({ dashboard, view }: { dashboard: Dashboard; view: View }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {chartsOf(view.percentile).map((chart) => (
        <ChartCard key={chart.title} chart={chart} dashboard={dashboard} view={view} />
      ))}
      <SelectionQuality dashboard={dashboard} />
    </div>
  );
}
