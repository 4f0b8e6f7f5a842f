"use client";

import { Brain } from "lucide-react";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { EmptyState } from "@/components/empty-state";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { type FragmentType, readFragment } from "@/gql/later";
import {
  MemoriesDocument,
  MemoryFactsFragmentDoc,
  MemoryUseDocument,
  SwitchMemoryDocument,
} from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";

import { MemoryRow } from "./memory-row";
import { NewMemoryForm } from "./new-memory-form";

function MemorySwitch({ enabled }: { enabled: boolean }) {
  const [{ fetching }, change] = useMutation(SwitchMemoryDocument);
  const switchTo = async (memoryEnabled: boolean) => {
    const { error } = await change({ input: { memoryEnabled } });
    if (error) toast.error(messageOf(error));
  };
  return (
    <Switch
      aria-label={t("memory.use")}
      checked={enabled}
      disabled={fetching}
      onCheckedChange={(next) => void switchTo(next)}
    />
  );
}

function MemoryList({ memories }: { memories: FragmentType<typeof MemoryFactsFragmentDoc>[] }) {
  if (memories.length === 0) {
    return (
      <EmptyState icon={Brain} title={t("memory.empty")} text={t("memory.emptyAbout")} className="py-8" />
    );
  }
  return (
    <ul aria-label={t("memory.list")} className="divide-y">
      {readFragment(MemoryFactsFragmentDoc, memories).map((memory) => (
        <MemoryRow key={memory.id} memory={memory} />
      ))}
    </ul>
  );
}

type PageProps = { after: string | null; onMore: (after: string) => void; last: boolean };

/** Fifty memories; each page asks for itself, so that a change shows on whichever it is. */
function MemoryPage({ after, onMore, last }: PageProps) {
  const [{ data, error }] = useQuery({
    query: MemoriesDocument,
    variables: { after },
    requestPolicy: "cache-and-network",
  });
  if (!data && error) return <p className="py-3 text-sm text-destructive">{messageOf(error)}</p>;
  if (!data) return <Skeleton className="my-3 h-16 w-full" />;
  const { edges, pageInfo } = data.memories;
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  if (after && edges.length === 0) return null;
  return (
    <>
      <MemoryList memories={edges.map(({ node }) => node)} />
      {next && last ? (
        <Button variant="ghost" size="sm" className="my-2 -ml-3" onClick={() => onMore(next)}>
          {t("memory.more")}
        </Button>
      ) : null}
    </>
  );
}

/** What is known of the viewer in all their chats. */
export function MemoriesCard() {
  const [{ data }] = useQuery({ query: MemoryUseDocument });
  const [pages, setPages] = useState<(string | null)[]>([null]);
  return (
    <Card id="memory" role="region" aria-label={t("memory.title")}>
      <div className="flex items-start justify-between gap-4 pr-5 sm:pr-6">
        <CardHeader className="pr-0 sm:pr-0">
          <CardTitle>{t("memory.title")}</CardTitle>
          <CardDescription>{t("memory.about")}</CardDescription>
        </CardHeader>
        <div className="pt-5">
          {data?.viewer ? <MemorySwitch enabled={data.viewer.memoryEnabled} /> : null}
        </div>
      </div>
      <CardContent className="flex flex-col gap-2">
        <NewMemoryForm />
        {pages.map((after, at) => (
          <MemoryPage
            key={after}
            after={after}
            last={at === pages.length - 1}
            onMore={(next) => setPages([...pages, next])}
          />
        ))}
      </CardContent>
    </Card>
  );
}
