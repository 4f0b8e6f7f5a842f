"use client";

import { useMutation } from "urql";

import { MadeHeader } from "@/components/made/made-header";
import { DeleteWorkflowDocument, type WorkflowFactsFragment } from "@/gql/later/graphql";
import { t } from "@/messages/workflows";

import { WORKFLOWS } from "./addresses";

/** Which workflow this is, and what else can be done with it. */
export function WorkflowHeader({ workflow }: { workflow: WorkflowFactsFragment }) {
  const [, remove] = useMutation(DeleteWorkflowDocument);
  return <MadeHeader made={workflow} addresses={WORKFLOWS} remove={remove} loss={t("editor.loss")} />;
}
