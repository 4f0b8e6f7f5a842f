/** Arguments that people write, and results that they read. */

import { isObject } from "@/lib/schema-fields";
import { t } from "@/messages/tools";

/** Arguments written as JSON: an object, or why not. */
export function argumentsIn(text: string): { values: Record<string, unknown> } | { problem: string } {
  if (!text.trim()) return { values: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { values: value } : { problem: t("trial.noObject") };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : t("trial.noJson") };
  }
}

/** What a tool returned, as people read it. */
export const outputText = (output: unknown): string =>
  typeof output === "string" ? output : JSON.stringify(output, null, 2);
