"use client";

import { useQuery } from "urql";

import { BackLink, Missing } from "@/components/made/made-frame";
import { NewHeader } from "@/components/made/made-header";
import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { AgentDetailsFragmentDoc, AgentEditorDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { nameOfCopy } from "@/lib/made/made";
import { t } from "@/messages/agents";

import { AGENTS } from "./addresses";
import { AgentForm } from "./agent-form";
import { AgentHeader } from "./agent-header";
import { AgentVersions } from "./agent-versions";
import { type Draft, draftOf, EMPTY } from "./draft";

const startOf = (draft: Draft, copy: boolean): Draft =>
  copy ? { ...draft, name: nameOfCopy(draft.name), shared: false } : draft;

type Props = {
  /** The agent to show, or the one to copy; null begins an empty one. */
  id: string | null;
  copy: boolean;
};

export function AgentEditor({ id, copy }: Props) {
  const [{ data, error }, run] = useQuery({
    query: AgentEditorDocument,
    variables: { id: id ?? "", known: id !== null },
    requestPolicy: "network-only",
  });
  if (!data) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  const source = id && data.agent ? readFragment(AgentDetailsFragmentDoc, data.agent) : null;
  const all = { href: AGENTS.list, text: t("editor.all") };
  if (id && !source) return <Missing title={t("editor.missing")} {...all} />;
  const agent = copy ? null : source;
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <BackLink {...all} />
      {agent ? (
        <AgentHeader agent={agent} />
      ) : (
        <NewHeader title={t("editor.fresh")} copied={source?.name ?? null} />
      )}
      {/* Another version is another beginning: the fields start anew. */}
      <AgentForm
        key={agent?.version}
        agent={agent}
        copyOf={copy ? id : null}
        start={source ? startOf(draftOf(source), copy) : EMPTY}
        choices={{ ...data, agents: data.agents.filter((each) => each.id !== agent?.id) }}
        admin={data.viewer?.role === "ADMIN"}
      />
      {agent?.editable ? <AgentVersions agent={agent} /> : null}
    </div>
  );
}
