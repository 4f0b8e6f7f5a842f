"use client";

import { Activity } from "lucide-react";
import { Suspense } from "react";

import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/inspector";

import { ActionButton } from "../action-button";

const RunInspector = lazy(() => import("./run-inspector"));

/** Opens what an answer was made of. */
export function InspectButton({ runId }: { runId: string }) {
  const sheet = useOnDemand();
  return (
    <>
      <ActionButton
        icon={Activity}
        label={t("open")}
        aria-haspopup="dialog"
        onClick={() => sheet.setOpen(true)}
      />
      {sheet.wanted ? (
        <Suspense>
          <RunInspector runId={runId} open={sheet.open} onOpenChange={sheet.setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
