"use client";

import type { Column } from "@/components/chart/columns";
import { FiguresCard } from "@/components/chart/figures-card";
import { tokens } from "@/lib/quantities";
import { t } from "@/messages/metrics";

import { modelOf, type Stats } from "./figures";
import type { Dashboard } from "./use-dashboard";
import type { OnDrill } from "./use-drill";
import type { Percentile } from "./views";
import { count, share, speed, time, usd } from "./words";

type WithStats = { stats: Stats };

const statColumns = <Row extends WithStats>(percentile: Percentile): Column<Row>[] => [
  { title: t("figures.calls"), of: ({ stats }) => stats.calls, show: count },
  { title: t("figures.errors"), of: ({ stats }) => stats.errorRate ?? null, show: share },
  { title: t("figures.firstToken"), of: ({ stats }) => stats.ttftMs[percentile] ?? null, show: time },
  { title: t("figures.wholeAnswer"), of: ({ stats }) => stats.durationMs[percentile] ?? null, show: time },
  {
    title: t("figures.speed"),
    of: ({ stats }) => stats.outputTokensPerSecond[percentile] ?? null,
    show: speed,
  },
  { title: t("figures.input"), of: ({ stats }) => stats.inputTokens, show: tokens },
  { title: t("figures.output"), of: ({ stats }) => stats.outputTokens, show: tokens },
  { title: t("figures.cost"), of: ({ stats }) => Number(stats.costUsd), show: usd },
];

type ModelRow = Dashboard["models"][number];
type AgentRow = Dashboard["agents"][number];
type ToolRow = Dashboard["tools"][number];

const modelColumns = (percentile: Percentile): Column<ModelRow>[] => [
  { title: t("tables.model"), of: (row) => modelOf(row).name },
  ...statColumns<ModelRow>(percentile),
  { title: t("figures.thumbsUp"), of: ({ feedback }) => feedback.up, show: count },
  { title: t("figures.thumbsDown"), of: ({ feedback }) => feedback.down, show: count },
];

const nameOf = (agent: AgentRow["agent"]) => agent?.name ?? t("tables.noAgent");

const agentColumns = (percentile: Percentile): Column<AgentRow>[] => [
  { title: t("tables.agent"), of: ({ agent }) => nameOf(agent) },
  ...statColumns<AgentRow>(percentile),
];

const toolColumns = (percentile: Percentile): Column<ToolRow>[] => [
  { title: t("tables.tool"), of: ({ name }) => name },
  { title: t("figures.calls"), of: ({ calls }) => calls, show: count },
  { title: t("tables.succeeded"), of: ({ successRate }) => successRate, show: share },
  { title: t("figures.errors"), of: ({ errors }) => errors, show: count },
  { title: t("figures.time"), of: ({ durationMs }) => durationMs[percentile] ?? null, show: time },
];

type Props = { dashboard: Dashboard; percentile: Percentile; onDrill: OnDrill };

/** The same time by model, by agent and by tool. */
export function DashboardTables({ dashboard, percentile, onDrill }: Props) {
  return (
    <>
      <FiguresCard
        title={t("tables.byModel")}
        text={t("tables.aboutModels")}
        fileName="parley-models"
        columns={modelColumns(percentile)}
        rows={dashboard.models}
        keyOf={(row) => modelOf(row).key}
        openOf={(row) => () =>
          onDrill({ of: "models", name: modelOf(row).name, modelId: row.model?.id, modelName: row.modelName })
        }
        none={t("tables.noModels")}
      />
      <FiguresCard
        title={t("tables.byAgent")}
        text={t("tables.aboutAgents")}
        fileName="parley-agents"
        columns={agentColumns(percentile)}
        rows={dashboard.agents}
        keyOf={({ agent }) => agent?.id ?? "none"}
        openOf={({ agent }) =>
          () =>
            onDrill({ of: "models", name: nameOf(agent), agentId: agent?.id ?? null })
          }
        none={t("tables.noAgents")}
      />
      <FiguresCard
        title={t("tables.byTool")}
        text={t("tables.aboutTools")}
        fileName="parley-tools"
        columns={toolColumns(percentile)}
        rows={dashboard.tools}
        keyOf={({ toolId }) => toolId}
        openOf={({ toolId, name }) =>
          () =>
            onDrill({ of: "tools", name, toolId })
          }
        none={t("tables.noTools")}
      />
    </>
  );
}
