"use client";

import { CircleAlert } from "lucide-react";

import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { readFragment } from "@/gql/later";
import { type AddProviderMutation, ProviderFactsFragmentDoc } from "@/gql/later/graphql";
import { price, tokens } from "@/lib/quantities";
import { t } from "@/messages/providers";

type Added = AddProviderMutation["addProvider"];
type Offered = Added["models"][number];

function figuresOf({ contextWindow, inputUsdPerMillion, outputUsdPerMillion }: Offered): string {
  const prices = inputUsdPerMillion != null && outputUsdPerMillion != null;
  return [
    contextWindow == null ? null : tokens(contextWindow),
    prices ? `${price(inputUsdPerMillion)} / ${price(outputUsdPerMillion)}` : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What was found at a provider that has just been added. */
export function AddedProvider({ added, onDone }: { added: Added; onDone: () => void }) {
  const provider = readFragment(ProviderFactsFragmentDoc, added.provider);
  const { models } = added;
  const { length: count } = models;
  return (
    <div className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle>{t("added.title", { name: provider.name })}</DialogTitle>
        <DialogDescription>
          {count > 0 ? t("added.found", { count, many: String(count) }) : t("added.none")}
        </DialogDescription>
      </DialogHeader>
      {provider.problem ? (
        <p className="flex items-start gap-2 text-sm text-destructive">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t("added.problem", { problem: provider.problem })}
        </p>
      ) : null}
      {count > 0 ? (
        <section
          aria-label={t("added.models", { name: provider.name })}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a pointer
          tabIndex={0}
          className="max-h-64 overflow-y-auto rounded-lg border"
        >
          <ul className="divide-y px-3 text-sm">
            {models.map((model) => (
              <li key={model.id} className="flex items-baseline justify-between gap-4 py-2">
                <span className="min-w-0 wrap-anywhere">{model.displayName}</span>
                <span className="shrink-0 text-xs text-muted-foreground tabular-nums">
                  {figuresOf(model)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <DialogFooter>
        <Button onClick={onDone}>{t("added.done")}</Button>
      </DialogFooter>
    </div>
  );
}
