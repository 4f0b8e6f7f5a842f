import { MadeCard } from "@/components/made/made-card";

import { AGENTS } from "./addresses";
import type { AgentFacts } from "./draft";
import { TryButton } from "./try-button";

const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
const THINKS = { IMMEDIATE: "Immediate", STRATEGIC: "Strategic", FUTURE: "Future" } as const;

/** What it has, in a few words; what it has none of is left out. */
export function traitsOf({ tools, mcpServers, handoffs, agentTools }: AgentFacts): string[] {
  const traits: [number, string][] = [
    [tools.length, "tool"],
    [mcpServers.length, "MCP server"],
    [handoffs.length, "handoff"],
    [agentTools.length, "agent to ask"],
  ];
  return traits
    .filter(([count]) => count > 0)
    .map(([count, word]) => (word === "agent to ask" ? `${many(count, "agent")} to ask` : many(count, word)));
}

const about = (agent: AgentFacts) =>
  [agent.model?.displayName ?? "Auto", agent.thinking ? THINKS[agent.thinking] : null, ...traitsOf(agent)]
    .filter(Boolean)
    .join(" · ");

export const AgentCard = ({ agent }: { agent: AgentFacts }) => (
  <MadeCard made={agent} addresses={AGENTS} traits={about(agent)}>
    <TryButton agentId={agent.id} variant="ghost" aria-label={`Try ${agent.name}`} />
  </MadeCard>
);
