import type { UpdateModelInput } from "@/gql/later/graphql";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/providers";

import { numberOf, type PoolModel } from "./pool";

export const CAPABILITIES = ["tools", "vision", "reasoning", "json"] as const;

type Changes = Omit<UpdateModelInput, "id">;
export type Edit = { changes: Changes; problems: Record<string, string> };

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each) => b.includes(each));

/** What a form changes about a model: only that is sent, since what is sent counts as set by a person. */
export function changesOf(model: PoolModel, form: FormData): Edit {
  const changes: Changes = {};
  const problems: Record<string, string> = {};

  const name = textOf(form, "displayName").trim();
  if (name !== model.displayName) changes.displayName = name || null;

  const window = numberOf(textOf(form, "contextWindow"));
  if (window === undefined || (window !== null && !Number.isInteger(window)))
    problems.contextWindow = t("model.notWhole");
  else if (window !== (model.contextWindow ?? null)) changes.contextWindow = window;

  for (const field of ["inputUsdPerMillion", "cachedInputUsdPerMillion", "outputUsdPerMillion"] as const) {
    if (!form.has(field)) continue;
    const price = numberOf(textOf(form, field));
    const known = model[field] == null ? null : Number(model[field]);
    if (price === undefined) problems[field] = t("model.notAmount");
    // The text itself goes out: a number would have been through floating point.
    else if (price !== known)
      changes[field] = price === null ? null : textOf(form, field).trim().replace(/^\$|,/g, "");
  }

  const capabilities = form.getAll("capabilities").map(String);
  if (!same(capabilities, model.capabilities)) changes.capabilities = capabilities;
  return { changes, problems };
}
