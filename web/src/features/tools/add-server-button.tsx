"use client";

import { Plus } from "lucide-react";
import { Suspense } from "react";
import { Button } from "@/components/ui/button";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/tools";

const ServerDialog = lazy(() => import("./server-dialog"));

export function AddServerButton({ admin }: { admin: boolean }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        {t("server.add")}
      </Button>
      {wanted ? (
        <Suspense>
          <ServerDialog server={null} admin={admin} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
