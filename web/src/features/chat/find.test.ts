// @vitest-environment jsdom
import { expect, test } from "vitest";

import { found, rangesOf } from "./find";
import type { ThreadMessage } from "./thread";

const message = (id: string, content: string) => ({ id, content }) as ThreadMessage;

test("messages are found in any case, and nothing finds nothing", () => {
  const messages = [message("a", "Rivers run"), message("b", "hills"), message("c", "A RIVER")];

  expect(found(messages, " river ")).toEqual(["a", "c"]);
  expect(found(messages, "  ")).toEqual([]);
});

test("every match in the text on screen is marked", () => {
  document.body.innerHTML = "<p>a River and <b>rivers</b></p><p>İİ</p>";

  expect(rangesOf(document.body, "river").map(String)).toEqual(["River", "river"]);
  expect(rangesOf(document.body, "i̇").length).toBeLessThanOrEqual(2);
});
