"use client";

import { CircleAlert, Pencil, RefreshCw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMutation } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Spinner } from "@/components/ui/spinner";
import {
  type ProviderFactsFragment,
  RefreshProviderDocument,
  RemoveProviderDocument,
} from "@/gql/later/graphql";
import { formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";

import { ModelRow } from "./model-row";
import type { PoolModel } from "./pool";

const EditProviderDialog = lazy(() => import("./edit-provider-dialog"));

/** Rows that are shown at first: some providers offer hundreds of models. */
const FIRST = 12;

const many = (count: number) => (count === 1 ? "1 model" : `${count} models`);

function placeOf({ kind, baseUrl }: ProviderFactsFragment): string {
  if (kind === "local") return "On this server: nothing that is said to them leaves it";
  return baseUrl ?? kind;
}

function EditButton({ provider }: { provider: ProviderFactsFragment }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button
        variant="outline"
        size="sm"
        aria-label={`Change ${provider.name}`}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Pencil aria-hidden />
        Change
      </Button>
      {wanted ? (
        <Suspense>
          <EditProviderDialog provider={provider} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}

function Actions({ provider }: { provider: ProviderFactsFragment }) {
  const { id, name, managed } = provider;
  const [{ fetching }, refresh] = useMutation(RefreshProviderDocument);
  const [, remove] = useMutation(RemoveProviderDocument);

  const ask = async () => {
    const { data, error } = await refresh({ id });
    if (error) toast.error(messageOf(error));
    else if (data) toast.success(`${name} offers ${many(data.refreshProvider.models.length)}`);
  };
  const end = async () => {
    const { error } = await remove({ id });
    if (error) toast.error(messageOf(error));
    else toast.success(`${name} is removed`);
  };

  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        variant="outline"
        size="sm"
        aria-label={`Refresh ${name}`}
        disabled={fetching}
        onClick={() => void ask()}
      >
        {fetching ? <Spinner /> : <RefreshCw aria-hidden />}
        Refresh
      </Button>
      {managed ? null : <EditButton provider={provider} />}
      {managed ? null : (
        <ConfirmButton
          verb="Remove"
          label={`Remove ${name}`}
          title={`Remove “${name}”?`}
          text="Its models answer nobody any more, and its key is deleted. Chats and costs stay as they are."
          onConfirm={() => void end()}
        />
      )}
    </div>
  );
}

type Props = { provider: ProviderFactsFragment; models: PoolModel[]; admin: boolean };

export function ProviderCard({ provider, models, admin }: Props) {
  const [all, setAll] = useState(false);
  const shown = all ? models : models.slice(0, FIRST);
  const asked = provider.discoveredAt ? ` · asked ${formatRelative(provider.discoveredAt)}` : "";
  return (
    <Card role="region" aria-label={provider.name}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 border-b px-5 py-4 sm:px-6">
        <CardHeader className="min-w-0 p-0 sm:p-0">
          <CardTitle>{provider.name}</CardTitle>
          <CardDescription className="wrap-anywhere">
            {placeOf(provider)}
            {asked}
          </CardDescription>
        </CardHeader>
        {admin && provider.kind !== "local" ? <Actions provider={provider} /> : null}
      </div>
      {provider.problem ? (
        <p className="flex items-start gap-2 border-b bg-destructive/5 px-5 py-2.5 text-sm text-destructive sm:px-6">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {provider.problem}
        </p>
      ) : null}
      <CardContent className="py-0 sm:py-0">
        {models.length > 0 ? (
          <ul aria-label={`Models of ${provider.name}`} className="divide-y">
            {shown.map((model) => (
              <ModelRow key={model.id} model={model} admin={admin} />
            ))}
          </ul>
        ) : (
          <p className="py-4 text-sm text-muted-foreground">
            {provider.kind === "local" ? "There are no model files yet." : "It offers no models now."}
          </p>
        )}
        {shown.length < models.length ? (
          <Button variant="ghost" size="sm" className="my-2 -ml-3" onClick={() => setAll(true)}>
            Show all {many(models.length)}
          </Button>
        ) : null}
      </CardContent>
    </Card>
  );
}
