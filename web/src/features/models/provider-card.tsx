"use client";

import { CircleAlert, Pencil, RefreshCw } from "lucide-react";
import { Suspense, useState } from "react";
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
import { lazy } from "@/lib/lazy";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/models";

import { ModelRow } from "./model-row";
import type { PoolModel } from "./pool";

const EditProviderDialog = lazy(() => import("./edit-provider-dialog"));

/** Rows that are shown at first: some providers offer hundreds of models. */
const FIRST = 12;

function placeOf({ kind, baseUrl }: ProviderFactsFragment): string {
  if (kind === "local") return t("provider.local");
  return baseUrl ?? kind;
}

function EditButton({ provider }: { provider: ProviderFactsFragment }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button
        variant="outline"
        size="sm"
        aria-label={t("provider.changeOf", { name: provider.name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Pencil aria-hidden />
        {t("provider.change")}
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
    if (error) return toast.error(messageOf(error));
    const count = data?.refreshProvider.models.length;
    if (count !== undefined) toast.success(t("provider.offers", { name, count, many: String(count) }));
  };
  const end = async () => {
    const { error } = await remove({ id });
    if (error) toast.error(messageOf(error));
    else toast.success(t("provider.removed", { name }));
  };

  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        variant="outline"
        size="sm"
        aria-label={t("provider.refreshOf", { name })}
        disabled={fetching}
        onClick={() => void ask()}
      >
        {fetching ? <Spinner /> : <RefreshCw aria-hidden />}
        {t("provider.refresh")}
      </Button>
      {managed ? null : <EditButton provider={provider} />}
      {managed ? null : (
        <ConfirmButton
          verb={t("provider.remove")}
          label={t("provider.removeOf", { name })}
          title={t("provider.removeTitle", { name })}
          text={t("provider.removeText")}
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
  const asked = provider.discoveredAt;
  return (
    <Card role="region" aria-label={provider.name}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 border-b px-5 py-4 sm:px-6">
        <CardHeader className="min-w-0 p-0 sm:p-0">
          <CardTitle>{provider.name}</CardTitle>
          <CardDescription className="wrap-anywhere">
            {placeOf(provider)}
            {asked ? ` · ${t("provider.asked", { when: formatRelative(asked) })}` : null}
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
          <ul aria-label={t("provider.models", { name: provider.name })} className="divide-y">
            {shown.map((model) => (
              <ModelRow key={model.id} model={model} admin={admin} />
            ))}
          </ul>
        ) : (
          <p className="py-4 text-sm text-muted-foreground">
            {t(provider.kind === "local" ? "provider.noFiles" : "provider.noModels")}
          </p>
        )}
        {shown.length < models.length ? (
          <Button variant="ghost" size="sm" className="my-2 -ml-3" onClick={() => setAll(true)}>
            {t("provider.showAll", { count: models.length, many: String(models.length) })}
          </Button>
        ) : null}
      </CardContent>
    </Card>
  );
}
