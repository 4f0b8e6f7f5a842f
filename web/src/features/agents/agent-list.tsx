"use client";

import { Bot } from "lucide-react";
import { useQuery } from "urql";

import { MadeList } from "@/components/made/made-list";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { AgentFactsFragmentDoc, AgentsDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";

import { AGENTS } from "./addresses";
import { AgentCard } from "./agent-card";

export function AgentList() {
  const [{ data, error }, run] = useQuery({ query: AgentsDocument, requestPolicy: "cache-and-network" });
  if (!data) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  return (
    <MadeList
      title="Agents"
      text="An agent is a way to work: what the model is told, what it may use, and whom it works with."
      addresses={AGENTS}
      fresh="New agent"
      icon={Bot}
      beginning="Begin with an empty one, or duplicate one that comes with Parley and change what you like."
      things={readFragment(AgentFactsFragmentDoc, data.agents)}
      card={(agent) => <AgentCard key={agent.id} agent={agent} />}
    />
  );
}
