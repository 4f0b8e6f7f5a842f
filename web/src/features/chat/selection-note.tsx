"use client";

import type { Selection } from "@parley/react";
import { Sparkles } from "lucide-react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { t } from "@/messages/runs";

import { WeighedModelsOfRun, WhyModel, whyClasses } from "./why-model";

type Props = { selection: Selection | null; fallback: string | null; runId: string | undefined };

/** Which model answers, and — behind a click — how sure the choice was, why, and between whom. */
export function SelectionNote({ selection, fallback, runId }: Props) {
  const name = selection?.model?.displayName ?? fallback;
  if (!name) return null;
  if (!selection) return <span>{name}</span>;
  return (
    <Popover>
      <PopoverTrigger
        aria-label={t("why.of", { name })}
        className="inline-flex items-center gap-1 rounded-sm underline-offset-4 hover:text-foreground hover:underline pointer-coarse:-my-2 pointer-coarse:min-h-11"
      >
        <Sparkles aria-hidden className="size-3" />
        {name}
      </PopoverTrigger>
      <PopoverContent align="start" aria-label={t("why.title")} className={whyClasses}>
        <WhyModel name={name} selection={selection}>
          {runId ? <WeighedModelsOfRun runId={runId} /> : null}
        </WhyModel>
      </PopoverContent>
    </Popover>
  );
}
