"use client";

import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useQuery } from "urql";

import { PageSkeleton } from "@/components/page-skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { Unreachable } from "@/components/unreachable";
import { SettingsDocument, type SettingsQuery } from "@/gql/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/settings";

import { AccountDataCard } from "./account-data-card";
import { ApiKeysCard } from "./api-keys-card";
import { AuditCard } from "./audit-card";
import { LanguageCard } from "./language-card";
import { MemoriesCard } from "./memories-card";
import { MyBudgetsCard } from "./my-budgets-card";
import { PasswordCard } from "./password-card";
import { PeopleCard } from "./people-card";
import { ProfileCard } from "./profile-card";
import { SecondFactorCard } from "./second-factor-card";
import { SelectionCard } from "./selection-card";
import { SessionsCard } from "./sessions-card";
import { SystemCard } from "./system-card";

type Viewer = NonNullable<SettingsQuery["viewer"]>;
type Tab = { value: string; name: string; content: ReactNode };

function Account({ viewer }: { viewer: Viewer }) {
  return (
    <>
      <ProfileCard viewer={viewer} />
      <LanguageCard />
      <SelectionCard />
      <MemoriesCard />
      <PasswordCard />
      <SecondFactorCard viewer={viewer} />
      <MyBudgetsCard viewerId={viewer.id} />
      <ApiKeysCard viewer={viewer} />
      <SessionsCard viewer={viewer} />
      <AccountDataCard />
    </>
  );
}

function tabsOf(viewer: Viewer): [Tab, ...Tab[]] {
  const admin = viewer.role === "ADMIN";
  const forAdmins = [
    { value: "people", name: t("tabs.people"), content: <PeopleCard viewerId={viewer.id} /> },
    { value: "system", name: t("tabs.system"), content: <SystemCard /> },
  ];
  return [
    { value: "account", name: t("tabs.account"), content: <Account viewer={viewer} /> },
    { value: "activity", name: t("tabs.activity"), content: <AuditCard admin={admin} /> },
    ...(admin ? forAdmins : []),
  ];
}

/** The address says which tab is shown, so that it can be kept and passed on. */
const show = (tab: string) =>
  window.history.replaceState(null, "", tab === "account" ? "/settings" : `/settings?tab=${tab}`);

export function SettingsPage() {
  const said = useSearchParams().get("tab");
  const [{ data, error }, run] = useQuery({ query: SettingsDocument, requestPolicy: "cache-and-network" });
  const viewer = data?.viewer;
  if (!viewer) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  const tabs = tabsOf(viewer);
  const shown = tabs.find(({ value }) => value === said) ?? tabs[0];
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <h1 className="text-2xl font-semibold tracking-tight">{t("title")}</h1>
      <Tabs value={shown.value} onValueChange={show}>
        <TabsList aria-label={t("title")} className="max-w-full overflow-x-auto">
          {tabs.map(({ value, name }) => (
            <TabsTrigger key={value} value={value}>
              {name}
            </TabsTrigger>
          ))}
        </TabsList>
        {tabs.map(({ value, content }) => (
          <TabsContent key={value} value={value} className="flex flex-col gap-6">
            {content}
          </TabsContent>
        ))}
      </Tabs>
    </div>
  );
}
