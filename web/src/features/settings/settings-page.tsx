"use client";

import { useQuery } from "urql";

import { PageSkeleton } from "@/components/page-skeleton";
import { Unreachable } from "@/components/unreachable";
import { SettingsDocument } from "@/gql/graphql";
import { messageOf } from "@/lib/errors";

import { ApiKeysCard } from "./api-keys-card";
import { PasswordCard } from "./password-card";
import { ProfileCard } from "./profile-card";
import { SelectionCard } from "./selection-card";
import { SessionsCard } from "./sessions-card";

export function SettingsPage() {
  const [{ data, error }, run] = useQuery({ query: SettingsDocument, requestPolicy: "cache-and-network" });
  const viewer = data?.viewer;
  if (!viewer) {
    const retry = () => run({ requestPolicy: "network-only" });
    return error ? <Unreachable problem={messageOf(error)} onRetry={retry} /> : <PageSkeleton />;
  }
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <h1 className="text-2xl font-semibold tracking-tight">Settings</h1>
      <ProfileCard viewer={viewer} />
      <SelectionCard />
      <PasswordCard />
      <ApiKeysCard viewer={viewer} />
      <SessionsCard viewer={viewer} />
    </div>
  );
}
