import type { CombinedError } from "urql";

import { t } from "@/messages/common";

/** The stable code of the first error; null for a network failure and for an error without one. */
export function codeOf(error: CombinedError): string | null {
  const code = error.graphQLErrors[0]?.extensions.code;
  return typeof code === "string" ? code : null;
}

function patience(retryAfterMs: unknown): string {
  if (typeof retryAfterMs !== "number") return t("errors.tooMany.moment");
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return seconds < 90
    ? t("errors.tooMany.seconds", { seconds })
    : t("errors.tooMany.minutes", { minutes: String(Math.ceil(seconds / 60)) });
}

/** What to tell a person about a failed operation. */
export function messageOf(error: CombinedError): string {
  if (error.networkError) return t("errors.unreachable");
  const { retryAfterMs, errorId } = error.graphQLErrors[0]?.extensions ?? {};
  switch (codeOf(error)) {
    case "RATE_LIMITED":
      return patience(retryAfterMs);
    case "INTERNAL":
      return errorId == null
        ? t("errors.internal.unnamed")
        : t("errors.internal.named", { id: String(errorId) });
    case "BAD_USER_INPUT":
      return t("errors.badInput");
    default:
      return error.graphQLErrors[0]?.message ?? error.message;
  }
}

const sentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;

/** What is wrong with which field of a form: `input.email` of the API is `email` here. */
export function fieldsOf(error: CombinedError | undefined): Record<string, string> {
  const fields: unknown = error?.graphQLErrors[0]?.extensions.fields;
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([path, reason]) => [path.replace(/^input\./, ""), sentence(String(reason))]),
  );
}
