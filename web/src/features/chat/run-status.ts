import type { RunErrorCode, RunStatus } from "@/gql/graphql";

const OVER: readonly RunStatus[] = ["COMPLETED", "FAILED", "CANCELLED", "EXPIRED"];

export const isOver = (status: RunStatus): boolean => OVER.includes(status);

const WORDS: Record<RunErrorCode, string> = {
  MODEL_UNAVAILABLE: "The model cannot be reached right now.",
  MODEL_RATE_LIMITED: "The model is taking no more requests for the moment.",
  MODEL_AUTH_FAILED: "The model's provider refused the API key.",
  CONTEXT_TOO_LONG: "This conversation is too long for the model.",
  CONTENT_FILTERED: "The provider's content filter stopped this answer.",
  TOOL_FAILED: "A tool that the answer needed failed.",
  MAX_TURNS: "The answer took more steps than are allowed.",
  TIMED_OUT: "The answer took too long and was given up.",
  BUDGET_EXCEEDED: "The budget is used up",
  INTERNAL: "Something went wrong on the server.",
};

/** A run's failure in words a person can act on. */
export const failureOf = (code: RunErrorCode | undefined): string =>
  WORDS[code ?? "INTERNAL"] ?? WORDS.INTERNAL;
