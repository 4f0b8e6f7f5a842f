"use client";

import { useCallback, useMemo, useState } from "react";
import { useQuery } from "urql";

import { AgentChoicesDocument, type AgentChoicesQuery } from "@/gql/graphql";

import { type Answering, lastAnswering } from "./answering";
import type { Thread } from "./thread";

export type AgentChoice = AgentChoicesQuery["agents"][number];
export type WorkflowChoice = AgentChoicesQuery["workflows"]["edges"][number]["node"];

/** Who answers next in a chat and how: as the person has chosen, else as in the last answer, else as the agent does. */
export function useAnswering(thread: Thread, key: string) {
  const [{ data }] = useQuery({ query: AgentChoicesDocument, requestPolicy: "cache-and-network" });
  const agents = data?.agents ?? [];
  const workflows = data?.workflows.edges.map(({ node }) => node) ?? [];
  const [chosen, setChosen] = useState<{ key: string } & Partial<Answering>>({ key });
  const choose = useCallback(
    (choice: Partial<Answering>) =>
      setChosen((known) => (known.key === key ? { ...known, ...choice } : { key, ...choice })),
    [key],
  );

  const { messages, agentId: begunWith } = thread;
  const last = useMemo(() => lastAnswering({ messages, agentId: begunWith }), [messages, begunWith]);
  const wanted = chosen.key === key ? { ...last, ...chosen } : last;
  const workflow = workflows.find(({ id }) => id === wanted.workflowId) ?? null;
  const workflowId = workflow?.id ?? null;
  const agentId = !workflow && agents.some(({ id }) => id === wanted.agentId) ? wanted.agentId : null;
  const agent = agents.find(({ id, slug }) => (agentId ? id === agentId : slug === "assistant"));
  const thinking = workflow ? null : wanted.thinking;
  const how: Answering = useMemo(() => ({ agentId, workflowId, thinking }), [agentId, workflowId, thinking]);
  return {
    agents,
    workflows,
    agent,
    workflow,
    how,
    thinking: thinking ?? agent?.thinking ?? "IMMEDIATE",
    choose,
  };
}
