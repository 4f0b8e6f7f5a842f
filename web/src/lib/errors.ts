import type { CombinedError } from "urql";

/** The stable code of the first error; null for a network failure and for an error without one. */
export function codeOf(error: CombinedError): string | null {
  const code = error.graphQLErrors[0]?.extensions.code;
  return typeof code === "string" ? code : null;
}

function waitOf(retryAfterMs: unknown): string {
  if (typeof retryAfterMs !== "number") return "a moment";
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** What to tell a person about a failed operation. */
export function messageOf(error: CombinedError): string {
  if (error.networkError) return "The server cannot be reached. Check the connection and try again.";
  const first = error.graphQLErrors[0];
  switch (codeOf(error)) {
    case "RATE_LIMITED":
      return `Too many attempts. Try again in ${waitOf(first?.extensions.retryAfterMs)}.`;
    case "INTERNAL":
      return `Something went wrong on the server. Its log knows more under ${String(first?.extensions.errorId ?? "this time")}.`;
    case "BAD_USER_INPUT":
      return "Some of this is not right yet.";
    default:
      return first?.message ?? error.message;
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
