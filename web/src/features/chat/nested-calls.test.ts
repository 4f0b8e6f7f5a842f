import { expect, test } from "vitest";

import { nested } from "./nested-calls";

const call = (id: string, parentId: string | null = null) => ({ id, parentId });

test("what an agent calls stands below the call that asked it", () => {
  const calls = [
    call("ask"),
    call("ask too"),
    call("inner", "ask"),
    call("last", "ask too"),
    call("lost", "gone"),
  ];
  expect(nested(calls).map(({ call: { id }, depth }) => [id, depth])).toEqual([
    ["ask", 0],
    ["inner", 1],
    ["ask too", 0],
    ["last", 1],
    ["lost", 0],
  ]);
});
