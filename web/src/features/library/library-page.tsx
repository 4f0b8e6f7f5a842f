"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { t } from "@/messages/library";

import { ArchivedTab } from "./archived-tab";
import { SearchTab } from "./search-tab";
import { SharesTab } from "./shares-tab";
import { TransferTab } from "./transfer-tab";

const TABS = ["search", "archived", "shared", "transfer"] as const;

/** Replaces the query of the address, which says what the page shows. */
function show(query: Record<string, string>) {
  const text = new URLSearchParams(query).toString();
  window.history.replaceState(null, "", text ? `/library?${text}` : "/library");
}

/** All that a person and their models have said: to search, to bring back, to share, to take in and out. */
export function LibraryPage() {
  const params = useSearchParams();
  const query = params.get("q") ?? "";
  const tab = TABS.find((value) => value === params.get("tab")) ?? "search";
  const search = useCallback((q: string) => show(q ? { q } : {}), []);
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <h1 className="text-2xl font-semibold tracking-tight">{t("title")}</h1>
      <Tabs value={tab} onValueChange={(next) => show(next === "search" ? {} : { tab: next })}>
        <TabsList aria-label={t("title")} className="max-w-full overflow-x-auto">
          {TABS.map((value) => (
            <TabsTrigger key={value} value={value}>
              {t(`tabs.${value}`)}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value="search">
          <SearchTab key={tab} query={query} onQuery={search} />
        </TabsContent>
        <TabsContent value="archived">
          <ArchivedTab />
        </TabsContent>
        <TabsContent value="shared">
          <SharesTab />
        </TabsContent>
        {/* An import goes on, and says what came of it, whatever else is looked at. */}
        <TabsContent value="transfer" forceMount hidden={tab !== "transfer"}>
          <TransferTab />
        </TabsContent>
      </Tabs>
    </div>
  );
}
