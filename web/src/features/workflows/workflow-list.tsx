"use client";

import { Workflow as WorkflowIcon } from "lucide-react";

import { MadeList } from "@/components/made/made-list";
import { MoreButton } from "@/components/more-button";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { WorkflowFactsFragmentDoc, WorkflowsDocument, type WorkflowsQuery } from "@/gql/later/graphql";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/workflows";

import { WORKFLOWS } from "./addresses";
import { WorkflowCard } from "./workflow-card";

const connection = ({ workflows }: WorkflowsQuery) => workflows;
const NONE = {};

export function WorkflowList() {
  const { nodes, state, problem, refresh, more } = usePages(WorkflowsDocument, NONE, connection);
  if (state === "failed" && nodes.length === 0)
    return <Unreachable problem={problem ?? t("list.noAnswer")} onRetry={refresh} />;
  if (state === "loading" && nodes.length === 0) return <PageSkeleton />;
  return (
    <MadeList
      title={t("list.title")}
      text={t("list.text")}
      addresses={WORKFLOWS}
      fresh={t("list.fresh")}
      icon={WorkflowIcon}
      beginning={t("list.beginning")}
      things={nodes.map((node) => readFragment(WorkflowFactsFragmentDoc, node))}
      card={(workflow) => <WorkflowCard key={workflow.id} workflow={workflow} />}
    >
      <MoreButton onMore={more} />
    </MadeList>
  );
}
