"use client";

import { useEffect, useMemo, useState } from "react";
import { useQuery } from "urql";

import { type FragmentType, readFragment } from "@/gql/later";
import { DashboardDocument, type DashboardQuery, StatsFragmentDoc } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";

import type { Asked } from "./drill";
import { type Coloured, type Cut, coloured, cutOf, modelOf, type Point, type Stats } from "./figures";
import { questionOf, type View } from "./views";

const EVERY_MS = 30_000;

export type Spread<Item> = Omit<Item, "stats"> & { stats: Stats };
type Metrics = DashboardQuery["metrics"];

export type Dashboard = {
  totals: Stats;
  before: { totals: Stats; agreement: number | null };
  models: Spread<Metrics["byModel"][number]>[];
  agents: Spread<Metrics["byAgent"][number]>[];
  tools: Metrics["tools"];
  selections: Metrics["selections"];
  points: Point[];
  colours: Coloured[];
  cut: Cut;
  /** What was asked, for whoever asks for the calls behind it. */
  asked: Asked;
};

type Masked = { stats: FragmentType<typeof StatsFragmentDoc> };

const statsOf = <Item extends Masked>(item: Item): Spread<Item> => ({
  ...item,
  stats: readFragment(StatsFragmentDoc, item.stats),
});

function dashboardOf({ metrics, before }: DashboardQuery, cut: Cut, asked: Asked): Dashboard {
  const models = metrics.byModel.map(statsOf);
  return {
    totals: readFragment(StatsFragmentDoc, metrics.totals),
    before: {
      totals: readFragment(StatsFragmentDoc, before.totals),
      agreement: before.selections.agreement ?? null,
    },
    models,
    agents: metrics.byAgent.map(statsOf),
    tools: metrics.tools,
    selections: metrics.selections,
    points: metrics.series.map((point) => ({
      start: Date.parse(point.start),
      key: modelOf(point).key,
      stats: statsOf(point).stats,
    })),
    colours: coloured(models.map(modelOf)),
    cut,
    asked,
  };
}

/** The figures of a view, asked for again every half minute while somebody looks. */
export function useDashboard(view: View) {
  const [now, setNow] = useState(() => Date.now());
  const question = useMemo(() => questionOf(view, now), [view, now]);
  const [{ data, error, fetching }, run] = useQuery({
    query: DashboardDocument,
    variables: question,
    requestPolicy: "cache-and-network",
  });

  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== "visible") return;
      setNow(Date.now());
      run({ requestPolicy: "network-only" });
    };
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [run]);

  const said = JSON.stringify(question);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same question by another object changes nothing
  const [cut, asked] = useMemo(() => {
    const { range, everyone } = question;
    return [cutOf(view, question), { range, everyone }] as const;
  }, [said]);
  return {
    dashboard: useMemo(() => data && dashboardOf(data, cut, asked), [data, cut, asked]),
    admin: data?.viewer?.role === "ADMIN",
    fetching,
    problem: error ? messageOf(error) : null,
    refresh: () => {
      setNow(Date.now());
      run({ requestPolicy: "network-only" });
    },
  };
}
