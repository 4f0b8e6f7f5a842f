"use client";

import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { readFragment } from "@/gql/later";
import {
  AgentDetailsFragmentDoc,
  AgentVersionsDocument,
  type AgentVersionsQuery,
  RestoreAgentDocument,
} from "@/gql/later/graphql";
import { formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/agents";

import { type AgentDetails, changedWords, draftOf } from "./draft";

type Connection = NonNullable<AgentVersionsQuery["agent"]>["versions"];
type Version = { version: number; createdAt: string; details: AgentDetails };

const versionOf = ({ node }: Connection["edges"][number]): Version => ({
  version: node.version,
  createdAt: node.createdAt,
  details: readFragment(AgentDetailsFragmentDoc, node.agent),
});

/** What a version changed; unknown where the one before it is on the next page. */
function wordsOf({ version, details }: Version, before: Version | undefined): string {
  if (version === 1) return t("versions.made");
  return before ? changedWords(draftOf(before.details), draftOf(details)) : t("versions.changed");
}

type RowProps = { agent: AgentDetails; entry: Version; words: string };

function VersionRow({ agent, entry: { version, createdAt }, words }: RowProps) {
  const [{ fetching }, restore] = useMutation(RestoreAgentDocument);
  const bringBack = async () => {
    const { error } = await restore({ input: { id: agent.id, version } });
    if (error) toast.error(messageOf(error));
    else toast.success(t("versions.restored", { version: String(version) }));
  };
  return (
    <li className="flex items-center justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="text-sm font-medium">
          {t("versions.version", { version: String(version) })}
          <span className="font-normal text-muted-foreground"> · {formatRelative(createdAt)}</span>
        </p>
        <p className="text-sm text-muted-foreground">{words}</p>
      </div>
      {version === agent.version ? (
        <span className="px-3 text-sm text-muted-foreground">{t("versions.current")}</span>
      ) : (
        <Button
          variant="outline"
          size="sm"
          aria-label={t("versions.restoreNamed", { version: String(version) })}
          disabled={fetching}
          onClick={() => void bringBack()}
        >
          {t("versions.restore")}
        </Button>
      )}
    </li>
  );
}

/** The pages read so far; each asks for what comes after the one before it. */
function useVersions(agent: AgentDetails) {
  const [after, setAfter] = useState<string | null>(null);
  const [older, setOlder] = useState<Version[]>([]);
  const [{ data, error, fetching }] = useQuery({
    query: AgentVersionsDocument,
    variables: { id: agent.id, after },
    requestPolicy: "network-only",
  });
  const page = data?.agent?.versions;
  const read = page?.edges.map(versionOf) ?? [];
  const seen = new Set(older.map(({ version }) => version));
  const versions = [...older, ...read.filter(({ version }) => !seen.has(version))];
  const more = () => {
    setOlder(versions);
    setAfter(page?.pageInfo.endCursor ?? null);
  };
  return { versions, error, fetching, more: page?.pageInfo.hasNextPage ? more : null };
}

function VersionList({ agent }: { agent: AgentDetails }) {
  const { versions, error, fetching, more } = useVersions(agent);
  if (error) return <p className="py-3 text-sm text-destructive">{messageOf(error)}</p>;
  if (versions.length === 0) return <Skeleton className="my-3 h-10 w-full" />;
  return (
    <>
      <ol className="divide-y">
        {versions.map((entry, at) => (
          <VersionRow
            key={entry.version}
            agent={agent}
            entry={entry}
            words={wordsOf(entry, versions[at + 1])}
          />
        ))}
      </ol>
      {more ? (
        <Button variant="ghost" size="sm" className="-ml-3" disabled={fetching} onClick={more}>
          {t("versions.older")}
        </Button>
      ) : null}
    </>
  );
}

export function AgentVersions({ agent }: { agent: AgentDetails }) {
  return (
    <Card role="region" aria-label={t("versions.title")}>
      <CardHeader>
        <CardTitle>{t("versions.title")}</CardTitle>
        <CardDescription>{t("versions.about")}</CardDescription>
      </CardHeader>
      <CardContent className="py-2">
        {/* Another version means another list. */}
        <VersionList key={agent.version} agent={agent} />
      </CardContent>
    </Card>
  );
}
