"use client";

import { Bot } from "lucide-react";
import { useQuery } from "urql";

import { MadeList } from "@/components/made/made-list";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { AgentFactsFragmentDoc, AgentsDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/agents";

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
      title={t("list.title")}
      text={t("list.text")}
      addresses={AGENTS}
      fresh={t("list.fresh")}
      icon={Bot}
      beginning={t("list.beginning")}
      things={readFragment(AgentFactsFragmentDoc, data.agents)}
      card={(agent) => <AgentCard key={agent.id} agent={agent} />}
    />
  );
}
