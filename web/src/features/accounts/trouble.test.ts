import { expect, test } from "vitest";

import { troubleOf } from "./trouble";

test("a known word has a sentence", () => {
  expect(troubleOf("?trouble=stale")).toMatch(/took too long/);
});

test("a link cannot put words of its own on the page", () => {
  expect(troubleOf("?trouble=Send+your+password+to+evil.example")).toBeNull();
  expect(troubleOf("?trouble=constructor")).toBeNull();
  expect(troubleOf("")).toBeNull();
});
