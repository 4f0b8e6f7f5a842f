import { expect, test } from "vitest";

import { problemOf, withTyped } from "./tag-words";

test("typed tags take the form in which the server has them, each once", () => {
  expect(withTyped(["home"], "#Home, Next   Year,, ")).toEqual(["home", "next year"]);
  expect(withTyped(["home"], "  ")).toEqual(["home"]);
});

test("too many tags and too long ones are a problem", () => {
  expect(problemOf(["home", "x".repeat(40)])).toBeNull();
  expect(problemOf(["x".repeat(41)])).toContain("40 characters");
  expect(problemOf(Array.from({ length: 11 }, (_, at) => `tag ${at}`))).toContain("10 tags");
});
