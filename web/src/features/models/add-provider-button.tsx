"use client";

import { Plus } from "lucide-react";
import { lazy, Suspense } from "react";

import { Button } from "@/components/ui/button";
import { useOnDemand } from "@/lib/use-on-demand";

const AddProviderDialog = lazy(() => import("./add-provider-dialog"));

export function AddProviderButton() {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Add provider
      </Button>
      {wanted ? (
        <Suspense>
          <AddProviderDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
