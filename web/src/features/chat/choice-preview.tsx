"use client";

import { Sparkles } from "lucide-react";

import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { readFragment } from "@/gql/later";
import { WeighedFragmentDoc } from "@/gql/later/graphql";
import { percent } from "@/lib/quantities";
import { t } from "@/messages/runs";

import { usePreview } from "./use-preview";
import { runnerUp } from "./weighed";
import { WeighedModels, WhyModel, whyClasses } from "./why-model";

const quiet =
  "inline-flex h-9 min-w-0 items-center gap-1 rounded-full px-2 text-xs text-muted-foreground hover:bg-accent hover:text-foreground pointer-coarse:h-11";

type Props = { text: string; chatId: string | null; onUse: (modelId: string) => void };

/** Who would answer what is being typed and how sure that is; another model is one click away. */
export default function ChoicePreview({ text, chatId, onUse }: Props) {
  const preview = usePreview(text, chatId);
  const selection = preview?.selection;
  if (!selection?.model) {
    const problem = preview?.problem;
    return problem ? (
      <span role="status" title={problem} className="min-w-0 truncate text-xs text-destructive">
        {problem}
      </span>
    ) : null;
  }
  const { displayName } = selection.model;
  const other = runnerUp(readFragment(WeighedFragmentDoc, selection).candidates, selection.modelId)?.model;
  return (
    <>
      <Popover>
        <PopoverTrigger aria-label={t("why.wouldAsk", { name: displayName })} className={quiet}>
          <Sparkles aria-hidden className="size-3 shrink-0" />
          <span className="truncate">{displayName}</span>
          <span className="shrink-0 tabular-nums">· {percent(selection.confidence)}</span>
        </PopoverTrigger>
        <PopoverContent align="start" side="top" aria-label={t("why.title")} className={whyClasses}>
          <WhyModel name={displayName} selection={selection}>
            <WeighedModels of={selection} chosen={selection.modelId} onUse={onUse} />
          </WhyModel>
        </PopoverContent>
      </Popover>
      {other ? (
        <button
          type="button"
          title={t("why.use", { name: other.displayName })}
          onClick={() => onUse(other.id)}
          className={`${quiet} max-sm:hidden`}
        >
          <span className="truncate">{t("why.useInstead", { name: other.displayName })}</span>
        </button>
      ) : null}
    </>
  );
}
