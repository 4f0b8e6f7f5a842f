"use client";

import { useState } from "react";

import { Dialog, DialogContent } from "@/components/ui/dialog";
import type { AddProviderMutation } from "@/gql/later/graphql";

import { AddProviderForm } from "./add-provider-form";
import { AddedProvider } from "./added-provider";

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

/** Adds a provider, and then shows what it has. */
export default function AddProviderDialog({ open, onOpenChange }: Props) {
  const [added, setAdded] = useState<AddProviderMutation["addProvider"] | null>(null);
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setAdded(null);
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent className="sm:max-w-lg">
        {added ? (
          <AddedProvider added={added} onDone={() => change(false)} />
        ) : (
          <AddProviderForm onAdded={setAdded} onCancel={() => change(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}
