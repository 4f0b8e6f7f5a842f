import { expect, test } from "vitest";

import { type Budget, shareOf, standingOf } from "./budgets";

const budget = (more: Partial<Budget>): Budget => ({
  __typename: "Budget",
  id: "b",
  userId: "u",
  period: "DAY",
  apiKeyId: null,
  maxTokens: 1000,
  maxUsd: null,
  use: {
    __typename: "BudgetUse",
    spentTokens: 400,
    reservedTokens: 100,
    spentUsd: "0.50",
    reservedUsd: "0.25",
    resetsAt: "2026-01-02T00:00:00Z",
  },
  ...more,
});

test("the limit that is nearest to its end says how much is gone, with what is reserved", () => {
  expect(shareOf(budget({}))).toBe(0.5);
  expect(shareOf(budget({ maxUsd: "1.00" }))).toBe(0.75);
  expect(shareOf(budget({ maxTokens: 10 }))).toBe(1);
  expect(shareOf(budget({ maxTokens: 0 }))).toBe(1);
});

test("both limits are told", () => {
  expect(standingOf(budget({ maxTokens: 12_000, maxUsd: "5" }))).toBe("400 of 12K tokens · $0.50 of $5.00");
  expect(standingOf(budget({ maxTokens: null, maxUsd: "5" }))).toBe("$0.50 of $5.00");
});
