"use client";

import { useQuery } from "urql";

import { BackLink, Missing } from "@/components/made/made-frame";
import { NewHeader } from "@/components/made/made-header";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { WorkflowEditorDocument, WorkflowFactsFragmentDoc } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/workflows";

import { WORKFLOWS } from "./addresses";
import { begun, draftOf } from "./draft";
import { TryForm } from "./try-form";
import { WorkflowForm } from "./workflow-form";
import { WorkflowHeader } from "./workflow-header";

type Props = {
  /** The workflow to show, or the one to copy; null begins a new one. */
  id: string | null;
  copy: boolean;
};

export function WorkflowEditor({ id, copy }: Props) {
  const [{ data, error }, run] = useQuery({
    query: WorkflowEditorDocument,
    variables: { id: id ?? "", known: id !== null },
    requestPolicy: "network-only",
  });
  if (!data) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  const source = id && data.workflow ? readFragment(WorkflowFactsFragmentDoc, data.workflow) : null;
  const all = { href: WORKFLOWS.list, text: t("editor.all") };
  if (id && !source) return <Missing title={t("editor.missing")} {...all} />;
  const workflow = copy ? null : source;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <BackLink {...all} />
      {workflow ? (
        <WorkflowHeader workflow={workflow} />
      ) : (
        <NewHeader title={t("editor.fresh")} copied={source?.name ?? null} />
      )}
      {workflow ? <TryForm workflow={workflow} /> : null}
      {/* Another version is another beginning: the fields start anew. */}
      <WorkflowForm
        key={workflow?.version}
        workflow={workflow}
        start={source ? draftOf(source, copy) : begun()}
        admin={data.viewer?.role === "ADMIN"}
      />
    </div>
  );
}
