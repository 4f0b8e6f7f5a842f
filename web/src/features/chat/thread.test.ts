import { describe, expect, test } from "vitest";

import {
  EMPTY_THREAD,
  rowsOf,
  type Thread,
  type ThreadMessage,
  unfinished,
  withAnswer,
  withNewest,
  withOlder,
} from "./thread";

const message = (id: string, parentId: string | null, status = "COMPLETED") =>
  ({ id, parentId, status, run: { id: `run of ${id}` } }) as ThreadMessage;
const chain = (...ids: string[]) => ids.map((id, index) => message(id, ids[index - 1] ?? null));
const thread = (...ids: string[]): Thread => ({ ...EMPTY_THREAD, messages: chain(...ids) });
const page = (messages: ThreadMessage[], hasOlder = false) => ({ messages, hasOlder, olderCursor: null });
const ids = (view: Thread) => view.messages.map(({ id }) => id);

describe("pages", () => {
  test("a newer page keeps the older messages it continues", () => {
    expect(ids(withNewest(thread("a", "b", "c"), page(chain("a", "b", "c", "d").slice(1), true)))).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
  });
  test("the page of another branch replaces everything", () => {
    expect(ids(withNewest(thread("a", "b"), page(chain("x", "y"))))).toEqual(["x", "y"]);
  });
  test("an older page goes in front only where it fits", () => {
    const newest = { ...EMPTY_THREAD, messages: chain("a", "b", "c").slice(1) };
    expect(ids(withOlder(newest, page(chain("a"))))).toEqual(["a", "b", "c"]);
    expect(ids(withOlder(newest, page(chain("z"))))).toEqual(["b", "c"]);
  });
});

describe("answers of the server", () => {
  test("a sibling replaces what followed the parent", () => {
    expect(ids(withAnswer(thread("a", "b", "c", "d"), [message("e", "a")]))).toEqual(["a", "e"]);
  });
  test("an edited first message starts a new branch", () => {
    expect(ids(withAnswer(thread("a", "b"), [message("a2", null), message("r", "a2")]))).toEqual(["a2", "r"]);
  });
  test("what a refresh already brought is not doubled", () => {
    expect(ids(withAnswer(thread("a", "b"), [message("b", "a")]))).toEqual(["a", "b"]);
  });
});

test("a pending message is shown behind its parent, with a waiting answer", () => {
  const rows = rowsOf({ ...thread("a", "b"), pending: [{ key: "p", after: "a", text: "Hi" }] });
  expect(rows.map((row) => [row.kind, row.key])).toEqual([
    ["message", "a"],
    ["sending", "p"],
    ["waiting", "p:reply"],
  ]);
});

test("unfinished answers come oldest first", () => {
  const view = {
    ...EMPTY_THREAD,
    messages: [message("a", null), message("b", "a", "IN_PROGRESS"), message("c", "b", "IN_PROGRESS")],
  };
  expect(unfinished(view).map(({ id }) => id)).toEqual(["b", "c"]);
});
