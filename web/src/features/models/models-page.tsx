"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { useDeferredValue, useMemo, useState } from "react";

import { EmptyState } from "@/components/empty-state";
import { PageSkeleton } from "@/components/page-skeleton";
import { Input } from "@/components/ui/input";
import { Unreachable } from "@/components/unreachable";
import { t } from "@/messages/models";

import { AddProviderButton } from "./add-provider-button";
import { LocalModelsCard } from "./local-models-card";
import { grouped } from "./pool";
import { ProviderCard } from "./provider-card";
import { usePool } from "./use-pool";

/** With fewer models than this everything is in view, and a search would be in the way. */
const SEARCHABLE = 9;

/** All models that can answer here: how they are, what they cost, and — for administrators — which there are. */
export function ModelsPage() {
  const { models, providers, admin, problem, refresh } = usePool();
  const [search, setSearch] = useState("");
  const sought = useDeferredValue(search);
  const groups = useMemo(() => grouped(providers, models ?? [], sought), [providers, models, sought]);

  if (!models) return problem ? <Unreachable problem={problem} onRetry={refresh} /> : <PageSkeleton />;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{t("page.title")}</h1>
          <p className="mt-1 text-sm text-muted-foreground">
            {t.rich("page.about", {
              link: (chunks) => (
                <Link href="/settings#selection" className="text-primary underline underline-offset-4">
                  {chunks}
                </Link>
              ),
            })}
          </p>
        </div>
        {admin ? <AddProviderButton /> : null}
      </div>
      {models.length >= SEARCHABLE ? (
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground"
          />
          <Input
            type="search"
            aria-label={t("page.search")}
            placeholder={t("page.searchHint")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="pl-9"
          />
        </div>
      ) : null}
      {groups.map(({ provider, models: offered }) => (
        <ProviderCard key={provider.id} provider={provider} models={offered} admin={admin} />
      ))}
      {groups.length === 0 ? (
        <EmptyState
          title={t(search ? "page.noMatch" : "page.empty")}
          text={t(search ? "page.fewerWords" : "page.emptyText")}
        />
      ) : null}
      <LocalModelsCard admin={admin} />
    </div>
  );
}
