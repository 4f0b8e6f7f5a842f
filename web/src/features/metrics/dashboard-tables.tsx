"use client";

import type { Column } from "@/components/chart/columns";
import { FiguresCard } from "@/components/chart/figures-card";
import { tokens } from "@/lib/quantities";

import { modelOf, type Stats } from "./figures";
import type { Dashboard } from "./use-dashboard";
import type { OnDrill } from "./use-drill";
import type { Percentile } from "./views";
import { count, share, speed, time, usd } from "./words";

type WithStats = { stats: Stats };

const statColumns = <Row extends WithStats>(percentile: Percentile): Column<Row>[] => [
  { title: "Calls", of: ({ stats }) => stats.calls, show: count },
  { title: "Errors", of: ({ stats }) => stats.errorRate ?? null, show: share },
  { title: "First token", of: ({ stats }) => stats.ttftMs[percentile] ?? null, show: time },
  { title: "Whole answer", of: ({ stats }) => stats.durationMs[percentile] ?? null, show: time },
  { title: "Speed", of: ({ stats }) => stats.outputTokensPerSecond[percentile] ?? null, show: speed },
  { title: "Input", of: ({ stats }) => stats.inputTokens, show: tokens },
  { title: "Output", of: ({ stats }) => stats.outputTokens, show: tokens },
  { title: "Cost", of: ({ stats }) => Number(stats.costUsd), show: usd },
];

type ModelRow = Dashboard["models"][number];
type AgentRow = Dashboard["agents"][number];
type ToolRow = Dashboard["tools"][number];

const modelColumns = (percentile: Percentile): Column<ModelRow>[] => [
  { title: "Model", of: (row) => modelOf(row).name },
  ...statColumns<ModelRow>(percentile),
  { title: "Thumbs up", of: ({ feedback }) => feedback.up, show: count },
  { title: "Thumbs down", of: ({ feedback }) => feedback.down, show: count },
];

const agentColumns = (percentile: Percentile): Column<AgentRow>[] => [
  { title: "Agent", of: ({ agent }) => agent?.name ?? "Without one" },
  ...statColumns<AgentRow>(percentile),
];

const toolColumns = (percentile: Percentile): Column<ToolRow>[] => [
  { title: "Tool", of: ({ name }) => name },
  { title: "Calls", of: ({ calls }) => calls, show: count },
  { title: "Succeeded", of: ({ successRate }) => successRate, show: share },
  { title: "Errors", of: ({ errors }) => errors, show: count },
  { title: "Time", of: ({ durationMs }) => durationMs[percentile] ?? null, show: time },
];

type Props = { dashboard: Dashboard; percentile: Percentile; onDrill: OnDrill };

/** The same time by model, by agent and by tool. */
export function DashboardTables({ dashboard, percentile, onDrill }: Props) {
  return (
    <>
      <FiguresCard
        title="By model"
        text="Those with the most calls first."
        fileName="parley-models"
        columns={modelColumns(percentile)}
        rows={dashboard.models}
        keyOf={(row) => modelOf(row).key}
        openOf={(row) => () =>
          onDrill({ of: "models", name: modelOf(row).name, modelId: row.model?.id, modelName: row.modelName })
        }
        none="No model was called in this time."
      />
      <FiguresCard
        title="By agent"
        text="Calls to models that their answers took."
        fileName="parley-agents"
        columns={agentColumns(percentile)}
        rows={dashboard.agents}
        keyOf={({ agent }) => agent?.id ?? "none"}
        openOf={({ agent }) =>
          agent ? () => onDrill({ of: "models", name: agent.name, agentId: agent.id }) : null
        }
        none="No agent was asked in this time."
      />
      <FiguresCard
        title="By tool"
        text="Calls of tools that ended in this time."
        fileName="parley-tools"
        columns={toolColumns(percentile)}
        rows={dashboard.tools}
        keyOf={({ toolId }) => toolId}
        openOf={({ toolId, name }) =>
          () =>
            onDrill({ of: "tools", name, toolId })
          }
        none="No tool was called in this time."
      />
    </>
  );
}
