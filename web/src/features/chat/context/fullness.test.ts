import { expect, test } from "vitest";

import { fullness } from "./fullness";

test("a window is as full as what goes with the next message", () => {
  expect(fullness({ usedTokens: 2_048, windowTokens: 8_192 })).toEqual({
    share: 0.25,
    words: "25 % of 8.2K tokens",
    tight: false,
  });
  expect(fullness({ usedTokens: 9_000, windowTokens: 8_192 }).tight).toBe(true);
});

test("of a window that nobody knows only what is used is said", () => {
  expect(fullness({ usedTokens: 900, windowTokens: null })).toEqual({
    share: null,
    words: "about 900 tokens",
    tight: false,
  });
});
