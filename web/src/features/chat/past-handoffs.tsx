"use client";

import { useQuery } from "urql";

import { AgentThatAnsweredDocument } from "@/gql/later/graphql";

import { HandoffLines } from "./handoff-lines";

/** The handoff of an answer from earlier: to the agent that gave it, as long as that exists. */
export default function PastHandoff({ agentId }: { agentId: string }) {
  const [{ data }] = useQuery({ query: AgentThatAnsweredDocument, variables: { id: agentId } });
  return data?.agent ? <HandoffLines names={[data.agent.name]} /> : null;
}
