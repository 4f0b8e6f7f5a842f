import { describe, expect, test } from "vitest";

import { moved, queueOf, queuePlaces } from "./queue";
import { EMPTY_THREAD, rowsOf, type ThreadMessage } from "./thread";

const message = (id: string, parentId: string | null, status = "COMPLETED") =>
  ({ id, parentId, status, run: { id: `run of ${id}` } }) as ThreadMessage;

describe("messages that wait", () => {
  const asked = (...names: string[]) =>
    names.flatMap((name, index) => [
      message(name, index ? `${names[index - 1]}!` : null),
      {
        ...message(`${name}!`, name, "IN_PROGRESS"),
        run: { id: `run of ${name}`, status: index ? "QUEUED" : "IN_PROGRESS" },
      } as ThreadMessage,
    ]);
  const places = (...names: string[]) =>
    Object.fromEntries(queuePlaces(rowsOf({ ...EMPTY_THREAD, messages: asked(...names) })));

  test("are all questions behind the answer at work, in order", () => {
    expect(queueOf(asked("a", "b", "c"))).toEqual(["b", "c"]);
    expect(queueOf([message("a", null), message("b", "a")])).toEqual([]);
  });
  test("know whether they can go further to the front or to the back, and so do their answers", () => {
    expect(places("a")).toEqual({});
    expect(places("a", "b")).toEqual({ b: "only", "b!": "only" });
    expect(places("a", "b", "c", "d")).toEqual({
      b: "first",
      "b!": "first",
      c: "middle",
      "c!": "middle",
      d: "last",
      "d!": "last",
    });
  });
  test("move by one place and not beyond the ends", () => {
    expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], "a", -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], "x", 1)).toEqual(["a", "b", "c"]);
  });
});
