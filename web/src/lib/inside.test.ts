// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";

import { rememberInside, wasInside } from "./inside";
import { INSIDE_SCRIPT } from "./inside-script";

/** Whether a page at `path` is sent to sight with its form held back. */
function waitsAt(path: string): boolean {
  delete document.documentElement.dataset.entering;
  window.history.replaceState(null, "", path);
  new Function(INSIDE_SCRIPT)();
  return document.documentElement.dataset.entering !== undefined;
}

beforeEach(() => localStorage.clear());

it("holds the forms of the doors back where somebody was in", () => {
  expect(waitsAt("/sign-in")).toBe(false);
  rememberInside(true);
  expect(wasInside()).toBe(true);
  expect(["/sign-in", "/sign-in?next=%2Fsettings", "/sign-up/"].map(waitsAt)).toEqual([true, true, true]);
  expect(["/", "/chat", "/tools/sign-in", "/forgotten-password"].filter(waitsAt)).toEqual([]);
});

it("shows them at once where the last one went out", () => {
  rememberInside(true);
  rememberInside(false);
  expect(wasInside()).toBe(false);
  expect(waitsAt("/sign-in")).toBe(false);
});
