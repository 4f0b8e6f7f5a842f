import type { UpdateModelInput } from "@/gql/later/graphql";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/providers";

import { amountOf, type PoolModel, wholeOf } from "./pool";

export const CAPABILITIES = ["tools", "vision", "reasoning", "json"] as const;

type Changes = Omit<UpdateModelInput, "id">;
export type Edit = { changes: Changes; problems: Record<string, string> };

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each) => b.includes(each));

const asNumber = (amount: string | null | undefined) => (amount == null ? null : Number(amount));

/** What a form changes about a model: only that is sent, since what is sent counts as set by a person. */
export function changesOf(model: PoolModel, form: FormData): Edit {
  const changes: Changes = {};
  const problems: Record<string, string> = {};

  const name = textOf(form, "displayName").trim();
  if (name !== model.displayName) changes.displayName = name || null;

  const window = wholeOf(textOf(form, "contextWindow"));
  if (window === undefined) problems.contextWindow = t("model.notWhole");
  else if (window !== (model.contextWindow ?? null)) changes.contextWindow = window;

  for (const field of ["inputUsdPerMillion", "cachedInputUsdPerMillion", "outputUsdPerMillion"] as const) {
    if (!form.has(field)) continue;
    const price = amountOf(textOf(form, field));
    if (price === undefined) problems[field] = t("model.notAmount");
    else if (asNumber(price) !== asNumber(model[field])) changes[field] = price;
  }

  const capabilities = form.getAll("capabilities").map(String);
  if (!same(capabilities, model.capabilities)) changes.capabilities = capabilities;
  return { changes, problems };
}
