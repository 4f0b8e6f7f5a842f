// @vitest-environment jsdom
import { expect, test } from "vitest";

import { AIMS, currentWishes, DEFAULT_WISHES, wish, wishesInput, wishesOf } from "./selection";

test.each([null, "", "{", "7", '"fast"', '{"aim":"cheapest"}'])(
  "%s is no wish: the default holds",
  (text) => {
    expect(wishesOf(text)).toEqual(DEFAULT_WISHES);
  },
);

test("the default asks the server for nothing, so that the server's own default holds", () => {
  expect(wishesInput(DEFAULT_WISHES)).toEqual({});
});

test("each aim but the default has weights of its own, all between 0 and 1", () => {
  const weights = AIMS.flatMap(({ preference }) => (preference ? [preference] : []));
  expect(new Set(weights.map((each) => JSON.stringify(each))).size).toBe(AIMS.length - 1);
  for (const each of weights) {
    for (const weight of Object.values(each))
      expect(weight !== null && weight >= 0 && weight <= 1).toBe(true);
  }
});

test("what is wished for is kept, and sent as the API takes it", () => {
  wish({ aim: "quality" });
  wish({ localOnly: true });

  expect(currentWishes()).toEqual({ aim: "quality", localOnly: true });
  expect(currentWishes()).toBe(currentWishes());
  expect(wishesInput(currentWishes())).toEqual({
    preference: { quality: 1, cost: 0, latency: 0 },
    localOnly: true,
  });
  expect(localStorage.getItem("parley.selection")).toContain("quality");
});
