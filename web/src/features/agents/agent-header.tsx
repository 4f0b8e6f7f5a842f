"use client";

import { useMutation } from "urql";

import { MadeHeader } from "@/components/made/made-header";
import { DeleteAgentDocument } from "@/gql/later/graphql";
import { t } from "@/messages/agents";

import { AGENTS } from "./addresses";
import type { AgentDetails } from "./draft";
import { TryButton } from "./try-button";

/** Which agent this is, and what else can be done with it. */
export function AgentHeader({ agent }: { agent: AgentDetails }) {
  const [, remove] = useMutation(DeleteAgentDocument);
  return (
    <MadeHeader made={agent} addresses={AGENTS} remove={remove} loss={t("editor.loss")}>
      <TryButton agentId={agent.id} />
    </MadeHeader>
  );
}
