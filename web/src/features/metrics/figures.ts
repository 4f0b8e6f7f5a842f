/** What the dashboard makes of the figures that it gets. */

import type { Series } from "@/components/chart/series";
import type { StatsFragment } from "@/gql/later/graphql";
import { t } from "@/messages/metrics";

import { BUCKET_MS, startsOf, type View } from "./views";

type Plain<Fragment> = Omit<Fragment, " $fragmentName">;
export type Stats = Plain<StatsFragment>;
export type Point = { start: number; key: string; stats: Stats };
export type Named = { key: string; name: string };

type ModelName = { modelName: string; model?: { id: string; displayName: string } | null };

/** A model that has been removed is known by the name that its provider gave it. */
export const modelOf = ({ modelName, model }: ModelName): Named => ({
  key: model?.id ?? `removed ${modelName}`,
  name: model?.displayName ?? modelName,
});

const COLOURS = ["1", "2", "3", "4", "5"].map((at) => `var(--chart-${at})`);
const OTHERS = { key: "others", color: "var(--chart-6)" };

export type Coloured = Named & { color: string };

/** The models with the most calls, each with its colour, which is the same in all charts. */
export const coloured = (models: readonly Named[]): Coloured[] =>
  models.slice(0, COLOURS.length).map((model, at) => ({ ...model, color: COLOURS[at] ?? OTHERS.color }));

/** Sums over time, a layer for each of the models and one for all others; layers with nothing are left out. */
export function layersOf(
  points: readonly Point[],
  models: readonly Coloured[],
  starts: readonly number[],
  size: number,
  measure: (stats: Stats) => number,
): Series[] {
  const layers = [...models, { ...OTHERS, name: t("charts.others") }].map((model) => ({
    ...model,
    values: starts.map((): number | null => 0),
  }));
  for (const { start, key, stats } of points) {
    const layer = layers.find((each) => each.key === key) ?? layers.at(-1);
    const at = Math.floor((start - (starts[0] ?? 0)) / size);
    if (layer && at in layer.values) layer.values[at] = (layer.values[at] ?? 0) + measure(stats);
  }
  return layers.filter(({ values }) => values.some((value) => value));
}

/** Percentiles over time, a line for each of the models: those of several models cannot be added up. */
export function linesOf(
  points: readonly Point[],
  models: readonly Coloured[],
  starts: readonly number[],
  size: number,
  measure: (stats: Stats) => number | null | undefined,
): Series[] {
  return models
    .map((model) => {
      const values = starts.map((): number | null => null);
      for (const { start, key, stats } of points) {
        const at = Math.floor((start - (starts[0] ?? 0)) / size);
        if (key === model.key && at in values) values[at] = measure(stats) ?? null;
      }
      return { ...model, values };
    })
    .filter(({ values }) => values.some((value) => value !== null));
}

export type Change = { words: string; direction: "up" | "down" | "same" };

/** How a figure compares with what it was before; null where there is nothing to compare with. */
export function changeOf(now: number | null | undefined, before: number | null | undefined): Change | null {
  if (now == null || before == null || before === 0) return null;
  const share = (now - before) / before;
  const percent = Math.round(Math.abs(share) * 100);
  if (percent === 0) return { words: "as before", direction: "same" };
  const words = percent >= 1000 ? `${Math.round(Math.abs(share) + 1)}×` : `${percent} %`;
  return { words, direction: share > 0 ? "up" : "down" };
}

export type Row = { start: number; values: (number | null)[] };

/** The same figures as rows of a table, the newest first; rows without any are left out. */
export const rowsOf = (series: readonly Series[], starts: readonly number[]): Row[] =>
  starts
    .map((start, at) => ({ start, values: series.map(({ values }) => values[at] ?? null) }))
    .filter(({ values }) => values.some((value) => value))
    .reverse();

export type Cut = { starts: number[]; size: number };

export const cutOf = (view: View, question: Parameters<typeof startsOf>[0]): Cut => ({
  starts: startsOf(question),
  size: BUCKET_MS[view.bucket],
});
