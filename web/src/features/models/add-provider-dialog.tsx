"use client";

import { useState } from "react";
import { useQuery } from "urql";

import { Dialog, DialogContent, DialogTitle } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { type AddProviderMutation, ProviderPresetsDocument } from "@/gql/later/graphql";
import { t } from "@/messages/providers";

import { AddProviderForm } from "./add-provider-form";
import { AddedProvider } from "./added-provider";

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

/** Adds a provider, and then shows what it has. */
export default function AddProviderDialog({ open, onOpenChange }: Props) {
  const [added, setAdded] = useState<AddProviderMutation["addProvider"] | null>(null);
  const [{ data, fetching }] = useQuery({ query: ProviderPresetsDocument });
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setAdded(null);
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent className="sm:max-w-lg">
        {added ? (
          <AddedProvider added={added} onDone={() => change(false)} />
        ) : fetching && !data ? (
          // Not the form already: the usual addresses would then overwrite what somebody has typed.
          <>
            <DialogTitle>{t("add.title")}</DialogTitle>
            <Skeleton className="h-80 w-full" />
          </>
        ) : (
          <AddProviderForm
            presets={data?.providerPresets ?? []}
            onAdded={setAdded}
            onCancel={() => change(false)}
          />
        )}
      </DialogContent>
    </Dialog>
  );
}
