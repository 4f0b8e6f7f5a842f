"use client";

import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useQuery } from "urql";

import { EmptyState } from "@/components/empty-state";
import { PageSkeleton } from "@/components/page-skeleton";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Unreachable } from "@/components/unreachable";
import { readFragment } from "@/gql/later";
import { ServerFactsFragmentDoc, ToolFactsFragmentDoc, ToolsDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/tools";

import { AddServerButton } from "./add-server-button";
import { BUILTIN, fits, type ToolFacts } from "./approvals";
import { PoliciesCard } from "./policies-card";
import { ServerCard } from "./server-card";
import { ToolList } from "./tool-list";

/** With fewer tools than this everything is in view, and a search would be in the way. */
const SEARCHABLE = 9;

function BuiltinCard({ tools }: { tools: ToolFacts[] }) {
  return (
    <Card role="region" aria-label={t("builtin.title")}>
      <CardHeader className="border-b pb-4">
        <CardTitle>{t("builtin.title")}</CardTitle>
        <CardDescription>{t("builtin.about")}</CardDescription>
      </CardHeader>
      <CardContent className="py-0 sm:py-0">
        <ToolList label={t("builtin.list")} tools={tools} />
      </CardContent>
    </Card>
  );
}

/** Everything that agents may call: where it comes from, whether it asks, and how it does when it is tried. */
export function ToolsPage() {
  const [{ data, error }, run] = useQuery({ query: ToolsDocument, requestPolicy: "cache-and-network" });
  const [search, setSearch] = useState("");
  const sought = useDeferredValue(search.trim());
  if (!data) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  const admin = data.viewer?.role === "ADMIN";
  const found = (tools: readonly ToolFacts[]) => tools.filter((tool) => fits(tool, sought));
  const all = readFragment(ToolFactsFragmentDoc, data.tools);
  const builtin = found(all.filter(({ source }) => source === BUILTIN));
  const servers = readFragment(ServerFactsFragmentDoc, data.mcpServers).map((server) => ({
    server,
    tools: found(readFragment(ToolFactsFragmentDoc, server.tools)),
  }));
  const shown = sought ? servers.filter(({ tools }) => tools.length > 0) : servers;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{t("title")}</h1>
          <p className="mt-1 text-sm text-pretty text-muted-foreground">{t("about")}</p>
        </div>
        <AddServerButton admin={admin} />
      </div>
      {all.length >= SEARCHABLE ? (
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground"
          />
          <Input
            type="search"
            aria-label={t("search")}
            placeholder={t("searchExample")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="pl-9"
          />
        </div>
      ) : null}
      {builtin.length > 0 ? <BuiltinCard tools={builtin} /> : null}
      {shown.map(({ server, tools }) => (
        <ServerCard key={server.id} server={server} tools={tools} admin={admin} />
      ))}
      {sought && builtin.length + shown.length === 0 ? (
        <EmptyState title={t("noneFound")} text={t("noneFoundAbout")} className="h-auto" />
      ) : null}
      <PoliciesCard admin={admin} />
    </div>
  );
}
