"use client";

import { useSearchParams } from "next/navigation";

import { WORKFLOWS } from "./addresses";
import { WorkflowEditor } from "./workflow-editor";
import { WorkflowList } from "./workflow-list";

/** All workflows, or one of them to look at, to change or to begin another one with: the address says which. */
export function WorkflowsPage() {
  const place = WORKFLOWS.placeOf(useSearchParams());
  if (place.at === "list") return <WorkflowList />;
  const id = "id" in place ? place.id : null;
  return <WorkflowEditor key={`${place.at} ${id}`} id={id} copy={place.at === "copy"} />;
}
