import { MadeCard } from "@/components/made/made-card";
import { t } from "@/messages/agents";

import { AGENTS } from "./addresses";
import type { AgentFacts } from "./draft";
import { TryButton } from "./try-button";

const TRAITS = ["tools", "mcpServers", "handoffs", "agentTools"] as const;

/** What it has, in a few words; what it has none of is left out. */
export const traitsOf = (agent: AgentFacts): string[] =>
  TRAITS.filter((trait) => agent[trait].length > 0).map((trait) =>
    t(`traits.${trait}`, { count: agent[trait].length }),
  );

const about = (agent: AgentFacts) =>
  [
    agent.model?.displayName ?? t("traits.auto"),
    agent.thinking ? t(`thinking.${agent.thinking}`) : null,
    ...traitsOf(agent),
  ]
    .filter(Boolean)
    .join(" · ");

export const AgentCard = ({ agent }: { agent: AgentFacts }) => (
  <MadeCard made={agent} addresses={AGENTS} traits={about(agent)}>
    <TryButton agentId={agent.id} variant="ghost" aria-label={t("try.named", { name: agent.name })} />
  </MadeCard>
);
