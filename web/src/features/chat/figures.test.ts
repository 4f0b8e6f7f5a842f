import { expect, test } from "vitest";

import { figuresOf } from "./figures";

const run = { startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01.089Z", firstTokenMs: 89 };

test("tokens, first token, speed and cost in one line", () => {
  expect(figuresOf({ ...run, usage: { outputTokens: 1293, costUsd: "0.00210" } })).toBe(
    "1,293 tokens · first token 89 ms · 1,293 tok/s · $0.0021",
  );
});

test("what is unknown or nothing is left out", () => {
  expect(figuresOf({ usage: { outputTokens: 1, costUsd: "0" } })).toBe("1 token");
  expect(figuresOf({ usage: { outputTokens: 0, costUsd: "0.0000001" } })).toBe("<$0.0001");
});
