"use client";

import { Suspense } from "react";
import { Button } from "@/components/ui/button";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";

import type { Question } from "./confirm-dialog";

const ConfirmDialog = lazy(() => import("./confirm-dialog"));

/** A button for what cannot be undone: it asks first. */
export function ConfirmButton({ label, ...question }: Question & { label: string }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button
        variant="outline"
        size="sm"
        aria-label={label}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {question.verb}
      </Button>
      {wanted ? (
        <Suspense>
          <ConfirmDialog {...question} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}
