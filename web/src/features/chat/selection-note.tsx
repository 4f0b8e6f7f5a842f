"use client";

import { Sparkles } from "lucide-react";

import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import type { Selection } from "@/lib/runs/fold";

import { duration } from "./figures";

/** Which model answers, and — behind a click — how sure the choice was and why. */
export function SelectionNote({
  selection,
  fallback,
}: {
  selection: Selection | null;
  fallback: string | null;
}) {
  const name = selection?.model?.displayName ?? fallback;
  if (!name) return null;
  if (!selection) return <span>{name}</span>;
  const sure = `${Math.round(selection.confidence * 100)} %`;
  return (
    <Popover>
      <PopoverTrigger
        aria-label={`${name}: why this model`}
        className="inline-flex items-center gap-1 rounded-sm underline-offset-4 hover:text-foreground hover:underline pointer-coarse:-my-2 pointer-coarse:min-h-11"
      >
        <Sparkles aria-hidden className="size-3" />
        {name}
      </PopoverTrigger>
      <PopoverContent align="start" className="w-80 max-w-[calc(100vw-2rem)] space-y-3 text-sm">
        <div className="flex items-baseline justify-between gap-4">
          <span className="font-medium">{name}</span>
          <span className="text-xs text-muted-foreground">{sure} sure</span>
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
        <p className="text-xs text-muted-foreground">Chosen in {duration(selection.durationMs)}</p>
      </PopoverContent>
    </Popover>
  );
}
