"use client";

import { Plus } from "lucide-react";
import { Suspense } from "react";
import { Button } from "@/components/ui/button";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/models";

const AddProviderDialog = lazy(() => import("./add-provider-dialog"));

export function AddProviderButton() {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        {t("page.addProvider")}
      </Button>
      {wanted ? (
        <Suspense>
          <AddProviderDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
