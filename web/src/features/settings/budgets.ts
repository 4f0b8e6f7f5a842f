/** What the pages say of budgets. */

import { type FragmentType, readFragment } from "@/gql/later";
import { type BudgetFactsFragment, BudgetFactsFragmentDoc, type BudgetsQuery } from "@/gql/later/graphql";
import { spoken } from "@/lib/language";
import { tokens } from "@/lib/quantities";
import { t } from "@/messages/settings";

export type Budget = BudgetFactsFragment;

type Masked = FragmentType<typeof BudgetFactsFragmentDoc>;

/** The connection of budgets as `usePages` reads it. */
export function budgetsOf({ budgets }: BudgetsQuery) {
  const plain = ({ node }: { node: Masked }) => ({ node: readFragment(BudgetFactsFragmentDoc, node) });
  return { ...budgets, edges: budgets.edges.map(plain) };
}

function usd(value: number): string {
  const digits = value > 0 && value < 0.01 ? 4 : 2;
  return new Intl.NumberFormat(spoken(), {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);
}

/** Of a budget, from 0 to 1: the limit that is nearest to its end counts. Reserved is as good as gone. */
export function shareOf({ maxTokens, maxUsd, use }: Budget): number {
  if (!use) return 0;
  const used = (gone: number, most: number) => (most > 0 ? gone / most : 1);
  const shares = [
    maxTokens == null ? 0 : used(use.spentTokens + use.reservedTokens, maxTokens),
    maxUsd == null ? 0 : used(Number(use.spentUsd) + Number(use.reservedUsd), Number(maxUsd)),
  ];
  return Math.min(1, Math.max(...shares));
}

/** “12K of 100K tokens · $0.40 of $5.00”. */
export function standingOf({ maxTokens, maxUsd, use }: Budget): string {
  const said: string[] = [];
  if (maxTokens != null)
    said.push(t("budgets.tokens", { spent: tokens(use?.spentTokens ?? 0), most: tokens(maxTokens) }));
  if (maxUsd != null)
    said.push(t("budgets.dollars", { spent: usd(Number(use?.spentUsd ?? 0)), most: usd(Number(maxUsd)) }));
  return said.join(" · ");
}
