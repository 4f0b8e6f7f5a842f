"use client";

import type { Column } from "@/components/chart/columns";
import { FiguresCard } from "@/components/chart/figures-card";
import { percent } from "@/lib/quantities";
import { t } from "@/messages/metrics";

import { CalibrationChart } from "./calibration-chart";
import type { Dashboard } from "./use-dashboard";
import { count } from "./words";

type Bin = Dashboard["selections"]["calibration"][number];

const columns = (): Column<Bin>[] => [
  { title: t("selection.confidence"), of: ({ confidence }) => confidence, show: percent },
  { title: t("figures.thumbsUp"), of: ({ observed }) => observed, show: percent },
  { title: t("selection.answers"), of: ({ count: many }) => many, show: count },
];

function verdict({ selections, before }: Dashboard): string {
  const { agreement, total } = selections;
  const chosen = t("selection.chosen", { total, many: count(total) });
  if (agreement == null) return `${chosen} ${t("selection.noThumbs")}`;
  const shares = { agreement: percent(agreement) };
  if (before.agreement === null) return `${chosen} ${t("selection.agreement", shares)}`;
  return `${chosen} ${t("selection.agreementBefore", { ...shares, before: percent(before.agreement) })}`;
}

/** Whether the choice of models is as good as it believes. */
export function SelectionQuality({ dashboard }: { dashboard: Dashboard }) {
  const { calibration } = dashboard.selections;
  return (
    <FiguresCard
      title={t("selection.title")}
      text={verdict(dashboard)}
      fileName="parley-calibration"
      columns={columns()}
      rows={calibration}
      keyOf={({ confidence }) => String(confidence)}
      none={t("selection.none")}
    >
      <CalibrationChart bins={calibration} />
    </FiguresCard>
  );
}
