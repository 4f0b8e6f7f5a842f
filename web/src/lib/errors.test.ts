import { CombinedError } from "urql";
import { expect, test } from "vitest";

import { codeOf, fieldsOf, messageOf } from "./errors";

const failure = (message: string, extensions: Record<string, unknown>) =>
  new CombinedError({ graphQLErrors: [{ message, extensions }] });

test("what is wrong with a field stands under the field's own name", () => {
  const error = failure("input.currentPassword: is not your password", {
    code: "BAD_USER_INPUT",
    fields: { "input.currentPassword": "is not your password" },
  });

  expect(codeOf(error)).toBe("BAD_USER_INPUT");
  expect(fieldsOf(error)).toEqual({ currentPassword: "Is not your password" });
});

test("a limit says when to come back", () => {
  expect(messageOf(failure("Slow down", { code: "RATE_LIMITED", retryAfterMs: 4200 }))).toContain(
    "5 seconds",
  );
  expect(messageOf(failure("Slow down", { code: "RATE_LIMITED", retryAfterMs: 600_000 }))).toContain(
    "10 minutes",
  );
});

test("an unexpected failure names the entry of the log", () => {
  expect(messageOf(failure("Something went wrong.", { code: "INTERNAL", errorId: "abc123" }))).toContain(
    "abc123",
  );
});

test("the server's own words are used for the rest, and a lost connection has no code", () => {
  expect(messageOf(failure("That address is taken.", { code: "CONFLICT" }))).toBe("That address is taken.");
  const lost = new CombinedError({ networkError: new Error("fetch failed") });
  expect(codeOf(lost)).toBeNull();
  expect(messageOf(lost)).toContain("cannot be reached");
});
