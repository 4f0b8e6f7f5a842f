"use client";

import { Plus } from "lucide-react";
import { Suspense } from "react";
import { Button } from "@/components/ui/button";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/settings";

const NewKeyDialog = lazy(() => import("./new-key-dialog"));

export function NewKeyButton() {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button size="sm" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        {t("newKey.create")}
      </Button>
      {wanted ? (
        <Suspense>
          <NewKeyDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
