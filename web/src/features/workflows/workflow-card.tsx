import { MadeCard } from "@/components/made/made-card";
import type { WorkflowFactsFragment } from "@/gql/later/graphql";
import { stepsOf } from "@/lib/workflows/layout";

import { WORKFLOWS } from "./addresses";

/** Its steps in a line; those who want to see how they hang together open it. */
const outline = (definition: unknown) =>
  stepsOf(definition)
    .map(({ title }) => title)
    .join(" · ");

export const WorkflowCard = ({ workflow }: { workflow: WorkflowFactsFragment }) => (
  <MadeCard made={workflow} addresses={WORKFLOWS} traits={outline(workflow.definition)} />
);
