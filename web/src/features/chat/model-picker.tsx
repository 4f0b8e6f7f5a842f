"use client";

import { ChevronDown } from "lucide-react";
import type { RefObject } from "react";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { cn } from "@/lib/cn";
import { useWishes, type Wishes } from "@/lib/selection";
import { t } from "@/messages/chat";

import type { ModelChoice } from "./use-models";

const AUTO = "auto";

const TONES = {
  HEALTHY: "bg-emerald-500",
  DEGRADED: "bg-amber-500",
  DOWN: "bg-red-500",
  UNKNOWN: "bg-muted-foreground/40",
};

function ModelLine({ model }: { model: ModelChoice }) {
  const { state } = model.health;
  return (
    <span className="flex min-w-0 flex-1 flex-col">
      <span className="flex items-center gap-2">
        <span className="truncate">{model.displayName}</span>
        {model.local ? (
          <span className="rounded-full bg-secondary px-2 py-0.5 text-[0.6875rem] text-secondary-foreground">
            {t("model.local")}
          </span>
        ) : null}
        <span aria-hidden className={cn("ml-auto size-2 shrink-0 rounded-full", TONES[state])} />
      </span>
      <span className="truncate text-xs text-muted-foreground">
        {model.provider.name} · {t(`model.health.${state}`)}
      </span>
    </span>
  );
}

const wordsOf = ({ aim, localOnly }: Wishes): string =>
  t("model.picks", { aim, where: localOnly ? "local" : "anywhere" });

type Props = {
  models: readonly ModelChoice[];
  chosen: string | null;
  choose: (id: string | null) => void;
  trigger?: RefObject<HTMLButtonElement | null>;
};

/** Which model answers next: "Auto" lets the selection decide for each message. */
export function ModelPicker({ models, chosen, choose, trigger }: Props) {
  const model = models.find(({ id }) => id === chosen);
  const name = model?.displayName ?? t("model.auto");
  const wishes = useWishes();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        ref={trigger}
        aria-label={t("model.title", { name })}
        aria-keyshortcuts="Control+Shift+M Meta+Shift+M"
        className="inline-flex h-9 max-w-48 min-w-0 items-center gap-1.5 rounded-full px-3 text-sm text-muted-foreground hover:bg-accent hover:text-foreground pointer-coarse:h-11"
      >
        <span className="truncate">{name}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="max-h-[min(26rem,60dvh)] w-72 overflow-y-auto">
        <DropdownMenuRadioGroup
          value={model ? model.id : AUTO}
          onValueChange={(id) => choose(id === AUTO ? null : id)}
        >
          <DropdownMenuRadioItem value={AUTO} className="py-2">
            <span className="flex flex-col">
              <span>{t("model.auto")}</span>
              <span className="text-xs text-muted-foreground">{wordsOf(wishes)}</span>
            </span>
          </DropdownMenuRadioItem>
          <DropdownMenuSeparator />
          {models.map((each) => (
            <DropdownMenuRadioItem key={each.id} value={each.id} className="py-2">
              <ModelLine model={each} />
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
