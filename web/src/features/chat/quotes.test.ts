// @vitest-environment jsdom
import { expect, test } from "vitest";

import { quoted, selectionIn } from "./quotes";

test("every line of a quote is one, and the reply begins below it", () => {
  expect(quoted("one\n\ntwo\n")).toBe("> one\n>\n> two\n\n");
});

test("only what is selected inside of the conversation can be quoted", () => {
  document.body.innerHTML = "<p id=in>some words</p><p id=out>others</p>";
  const range = document.createRange();
  // jsdom lays nothing out.
  range.getBoundingClientRect = () => new DOMRect(1, 2);
  range.selectNodeContents(document.querySelector("#in") as Element);
  window.getSelection()?.addRange(range);

  expect(selectionIn(document.querySelector("#out"))).toBeNull();
  expect(selectionIn(document.querySelector("#in"))).toEqual({ text: "some words", top: 2, left: 1 });
});
