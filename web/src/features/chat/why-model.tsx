"use client";

import type { Selection } from "@parley/react";
import { type ReactNode, Suspense } from "react";
import { lazy } from "@/lib/lazy";
import { duration, percent } from "@/lib/quantities";
import { t } from "@/messages/runs";

const load = () => import("./weighed-models");
export const WeighedModels = lazy(load);
export const WeighedModelsOfRun = lazy(() => load().then((parts) => ({ default: parts.WeighedModelsOfRun })));

export const whyClasses =
  "w-[27rem] max-w-[calc(100vw-2rem)] max-h-[min(34rem,70dvh)] space-y-3 overflow-y-auto text-sm";

/** Why a model was, or would be, chosen. */
export function WhyModel({
  name,
  selection,
  children,
}: {
  name: string;
  selection: Selection;
  children: ReactNode;
}) {
  return (
    <>
      <div className="flex items-baseline justify-between gap-4">
        <span className="font-medium">{name}</span>
        <span className="text-xs text-muted-foreground">
          {t("why.sure", { share: percent(selection.confidence) })}
        </span>
      </div>
      <div aria-hidden className="h-1 overflow-hidden rounded-full bg-muted">
        <div
          className="h-full origin-left rounded-full bg-primary"
          style={{ transform: `scaleX(${selection.confidence})` }}
        />
      </div>
      <p className="leading-6">{selection.reasoning}</p>
      {selection.reasons.length > 0 ? (
        <ul className="space-y-1 text-xs text-muted-foreground">
          {selection.reasons.map((reason) => (
            <li key={reason.code}>{reason.text}</li>
          ))}
        </ul>
      ) : null}
      <Suspense>{children}</Suspense>
      <p className="text-xs text-muted-foreground">
        {t("why.chosenIn", { time: duration(selection.durationMs) })}
      </p>
    </>
  );
}
