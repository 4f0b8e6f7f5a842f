/** Which calls of the ledgers are behind a figure, and what is said of each. */

import type {
  DashboardQueryVariables,
  LedgerOfModelsQuery,
  LedgerOfModelsQueryVariables,
  LedgerOfToolsQuery,
} from "@/gql/later/graphql";
import { duration, money, tokens } from "@/lib/quantities";
import { t } from "@/messages/metrics";

/** Of no agent is what the id null stands for. */
export type Drill =
  | { of: "models"; name: string; modelId?: string | null; modelName?: string; agentId?: string | null }
  | { of: "tools"; name: string; toolId: string };

export type Asked = Pick<DashboardQueryVariables, "range" | "everyone">;

type ModelLine = LedgerOfModelsQuery["modelCalls"]["edges"][number];
type ToolLine = LedgerOfToolsQuery["toolCalls"]["edges"][number];
type Run = ModelLine["node"]["run"];

/** A call as the list shows it. */
export type Line = {
  key: string;
  title: string;
  facts: string;
  failed: boolean;
  startedAt: string;
  run: Run;
};

export const failedOnly = (failed: boolean) => (failed ? { failed } : {});

export function modelFilter(
  drill: Drill & { of: "models" },
  failed: boolean,
): LedgerOfModelsQueryVariables["filter"] {
  const { modelId, modelName, agentId } = drill;
  // A model that has been removed has no id, and is found by its name.
  const model = modelId ? { modelId } : modelName ? { modelName } : {};
  const agent = agentId ? { agentId } : agentId === null ? { hasAgent: false } : {};
  return { ...model, ...agent, ...failedOnly(failed) };
}

const said = (...facts: (string | null | undefined)[]) => facts.filter(Boolean).join(" · ");

export function lineOfModel({ cursor, node }: ModelLine): Line {
  const { model, modelName, agent, errorCode, outcome, startedAt, run } = node;
  const used = node.inputTokens + node.outputTokens;
  return {
    key: cursor,
    title: said(model?.displayName ?? modelName, agent?.name),
    facts: said(
      outcome === "CANCELLED" ? t("calls.stopped") : errorCode,
      duration(node.durationMs),
      used > 0 ? t("calls.tokens", { count: tokens(used) }) : null,
      money(node.costUsd),
    ),
    failed: outcome === "FAILED",
    startedAt,
    run,
  };
}

export function lineOfTool({ cursor, node }: ToolLine): Line {
  return {
    key: cursor,
    title: node.server ? `${node.server}/${node.name}` : node.name,
    facts: duration(node.durationMs),
    failed: node.status === "FAILED",
    startedAt: node.startedAt,
    run: node.run,
  };
}
