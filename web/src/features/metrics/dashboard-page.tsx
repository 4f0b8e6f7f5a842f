"use client";

import { ChartLine } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";

import { EmptyState } from "@/components/empty-state";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { t } from "@/messages/metrics";

import { DashboardCharts } from "./dashboard-charts";
import { DashboardTables } from "./dashboard-tables";
import { FigureTiles } from "./figure-tiles";
import { LiveStrip } from "./live-strip";
import { Toolbar } from "./toolbar";
import { type Dashboard, useDashboard } from "./use-dashboard";
import { useDrill } from "./use-drill";
import { searchOf, type View, viewOf } from "./views";

function Figures({ dashboard, view }: { dashboard: Dashboard; view: View }) {
  const { onDrill, sheet } = useDrill(dashboard.asked);
  if (dashboard.totals.calls === 0 && dashboard.tools.length === 0) {
    return (
      <EmptyState
        icon={ChartLine}
        title={t("page.empty")}
        text={t("page.emptyText")}
        className="h-auto rounded-xl border border-dashed py-16"
      />
    );
  }
  return (
    <>
      <FigureTiles dashboard={dashboard} percentile={view.percentile} onDrill={onDrill} />
      <DashboardCharts dashboard={dashboard} view={view} />
      <DashboardTables dashboard={dashboard} percentile={view.percentile} onDrill={onDrill} />
      {sheet}
    </>
  );
}

/** How this server does: just now, and over a time that the address names. */
export function DashboardPage() {
  const router = useRouter();
  const said = useSearchParams().toString();
  const view = useMemo(() => viewOf(new URLSearchParams(said)), [said]);
  const { dashboard, admin, fetching, problem, refresh } = useDashboard(view);
  const change = (next: Partial<View>) =>
    router.replace(`/dashboard${searchOf({ ...view, ...next })}`, { scroll: false });

  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 px-4 py-8 sm:px-6 sm:py-10">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{t("page.title")}</h1>
          <p className="mt-1 text-sm text-muted-foreground">
            {t(admin && !view.mine ? "page.everybody" : "page.mine")}
          </p>
        </div>
        <Toolbar view={view} admin={admin} fetching={fetching} onChange={change} onRefresh={refresh} />
      </div>
      <LiveStrip key={`${view.mine}`} mine={view.mine} />
      {dashboard ? <Figures dashboard={dashboard} view={view} /> : null}
      {!dashboard && problem ? <Unreachable problem={problem} onRetry={refresh} /> : null}
      {!dashboard && !problem ? <PageSkeleton /> : null}
    </div>
  );
}
