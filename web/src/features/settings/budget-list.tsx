"use client";

import type { ReactNode } from "react";

import { cn } from "@/lib/cn";
import { formatDateTime } from "@/lib/dates";
import { t } from "@/messages/settings";

import { type Budget, shareOf, standingOf } from "./budgets";

type RowProps = { budget: Budget; keyName: string | null; children?: ReactNode };

/** How much of a budget is gone: what was spent, and what calls at work may still spend. */
function BudgetRow({ budget, keyName, children }: RowProps) {
  const share = shareOf(budget);
  const of = keyName ? "named" : budget.apiKeyId ? "key" : "all";
  return (
    <li className="flex items-center justify-between gap-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-sm wrap-anywhere">
          {t.rich("budgets.row", {
            of,
            key: keyName ?? "",
            period: budget.period,
            name: (chunks) => <span className="font-medium">{chunks}</span>,
            rest: (chunks) => <span className="text-muted-foreground">{chunks}</span>,
          })}
        </p>
        <div aria-hidden className="my-1.5 h-1.5 overflow-hidden rounded-full bg-muted">
          <div
            className={cn("h-full rounded-full", share >= 0.9 ? "bg-destructive" : "bg-primary")}
            style={{ width: `${share * 100}%` }}
          />
        </div>
        <p className="text-sm text-pretty text-muted-foreground">
          {standingOf(budget)}
          {budget.use ? ` · ${t("budgets.anew", { at: formatDateTime(budget.use.resetsAt) })}` : null}
        </p>
      </div>
      {children}
    </li>
  );
}

type ListProps = {
  budgets: readonly Budget[];
  /** Names of API keys by their ids. */
  keys: readonly { id: string; name: string }[];
  /** What can be done about a budget. */
  actionOf?: (budget: Budget, name: string) => ReactNode;
};

export function BudgetList({ budgets, keys, actionOf }: ListProps) {
  return (
    <ul aria-label={t("budgets.title")} className="divide-y">
      {budgets.map((budget) => {
        const key = keys.find(({ id }) => id === budget.apiKeyId)?.name ?? null;
        return (
          <BudgetRow key={budget.id} budget={budget} keyName={key}>
            {actionOf?.(budget, key ?? t("budgets.all"))}
          </BudgetRow>
        );
      })}
    </ul>
  );
}
