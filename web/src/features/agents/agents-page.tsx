"use client";

import { useSearchParams } from "next/navigation";

import { AGENTS } from "./addresses";
import { AgentEditor } from "./agent-editor";
import { AgentList } from "./agent-list";

/** All agents, or one of them to look at, to change or to begin another one with: the address says which. */
export function AgentsPage() {
  const place = AGENTS.placeOf(useSearchParams());
  if (place.at === "list") return <AgentList />;
  const id = "id" in place ? place.id : null;
  return <AgentEditor key={`${place.at} ${id}`} id={id} copy={place.at === "copy"} />;
}
