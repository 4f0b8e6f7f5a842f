import { t } from "@/messages/approvals";

export type Arguments = Record<string, unknown>;
export type Written = { value: Arguments; problem: null } | { value: null; problem: string };

export const written = (value: unknown): string => JSON.stringify(value, null, 2);

/** Where JSON breaks off, as far as the browser says it. */
const PLACE = /line (\d+) column (\d+)/;

/** The arguments that somebody has written as JSON, or what is wrong with them. */
export function argumentsIn(text: string): Written {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { value: value as Arguments, problem: null };
    return { value: null, problem: t("arguments.notObject", { example: '{"name": "value"}' }) };
  } catch (error) {
    const [, line, column] = PLACE.exec(error instanceof Error ? error.message : "") ?? [];
    const problem = line && column ? t("arguments.notJsonAt", { line, column }) : t("arguments.notJson");
    return { value: null, problem };
  }
}

/** Arguments in the order in which a person reads them; null where they are not simple enough for a list. */
export function simpleArguments(value: unknown): [name: string, value: string][] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const simple = entries.every(([, given]) => typeof given !== "object" || given === null);
  return simple ? entries.map(([name, given]) => [name, String(given)]) : null;
}
