"use client";

import type { Column } from "@/components/chart/columns";
import { FiguresCard } from "@/components/chart/figures-card";
import { percent } from "@/lib/quantities";

import { CalibrationChart } from "./calibration-chart";
import type { Dashboard } from "./use-dashboard";
import { count } from "./words";

type Bin = Dashboard["selections"]["calibration"][number];

const COLUMNS: Column<Bin>[] = [
  { title: "Confidence", of: ({ confidence }) => confidence, show: percent },
  { title: "Thumbs up", of: ({ observed }) => observed, show: percent },
  { title: "Answers", of: ({ count: many }) => many, show: count },
];

function verdict({ selections, before }: Dashboard): string {
  const { agreement, total } = selections;
  const chosen = `A model was chosen for ${count(total)} ${total === 1 ? "answer" : "answers"}.`;
  if (agreement == null) return `${chosen} None of them has got a thumb yet.`;
  const earlier = before.agreement === null ? "" : ` (${percent(before.agreement)} before)`;
  return `${chosen} Thumbs agree with the choice in ${percent(agreement)} of cases${earlier}.`;
}

/** Whether the choice of models is as good as it believes. */
export function SelectionQuality({ dashboard }: { dashboard: Dashboard }) {
  const { calibration } = dashboard.selections;
  return (
    <FiguresCard
      title="Choice of models"
      text={verdict(dashboard)}
      fileName="parley-calibration"
      columns={COLUMNS}
      rows={calibration}
      keyOf={({ confidence }) => String(confidence)}
      none="Thumbs on answers show here whether the choices were right."
    >
      <CalibrationChart bins={calibration} />
    </FiguresCard>
  );
}
