"use client";

import { Workflow as WorkflowIcon } from "lucide-react";

import { MadeList } from "@/components/made/made-list";
import { MoreButton } from "@/components/more-button";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { WorkflowFactsFragmentDoc, WorkflowsDocument, type WorkflowsQuery } from "@/gql/later/graphql";
import { usePages } from "@/lib/use-pages";

import { WORKFLOWS } from "./addresses";
import { WorkflowCard } from "./workflow-card";

const connection = ({ workflows }: WorkflowsQuery) => workflows;
const NONE = {};

export function WorkflowList() {
  const { nodes, state, problem, refresh, more } = usePages(WorkflowsDocument, NONE, connection);
  if (state === "failed" && nodes.length === 0)
    return <Unreachable problem={problem ?? "No answer."} onRetry={refresh} />;
  if (state === "loading" && nodes.length === 0) return <PageSkeleton />;
  return (
    <MadeList
      title="Workflows"
      text="A workflow is an order of work: who does what, side by side or one after another, and who is asked."
      addresses={WORKFLOWS}
      fresh="New workflow"
      icon={WorkflowIcon}
      beginning="Begin with a small one, or duplicate one that comes with Parley and change what you like."
      things={nodes.map((node) => readFragment(WorkflowFactsFragmentDoc, node))}
      card={(workflow) => <WorkflowCard key={workflow.id} workflow={workflow} />}
    >
      <MoreButton onMore={more} />
    </MadeList>
  );
}
