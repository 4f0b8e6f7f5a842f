import { expect, test } from "vitest";

import { type Branch, keyInTree, rowsOfTree } from "./branch-tree";

const branch = (id: string, parentBranchId: string | null, depth: number): Branch => ({
  __typename: "Branch",
  id,
  parentId: parentBranchId && `${parentBranchId}-message`,
  parentBranchId,
  depth,
  length: 2,
  role: "USER",
  preview: id,
  tipId: `${id}-tip`,
  tipPreview: `${id} ends`,
  updatedAt: "2026-01-01T00:00:00Z",
});
const TREE = [
  branch("a", null, 0),
  branch("b", null, 0),
  branch("a1", "a", 2),
  branch("a11", "a1", 4),
  branch("a2", "a", 6),
];
const NONE = new Set<string>();
const words = (closed: Set<string>, head = "a11-tip") =>
  rowsOfTree(TREE, head, closed).map(
    ({ branch: { id }, level, passed, shown }) => `${level}${id}${passed ? "*" : ""}${shown ? "!" : ""}`,
  );

test("rows stand below the branch that they turn off from, and what is shown and the way to it are marked", () => {
  expect(words(NONE)).toEqual(["1a*", "2a1*", "3a11*!", "2a2", "1b"]);
  expect(words(new Set(["a1"]), "b-tip")).toEqual(["1a", "2a1", "2a2", "1b*!"]);
  expect(rowsOfTree([branch("c", "gone", 3)], null, NONE)).toMatchObject([{ level: 1, parent: null }]);
});

test("the arrow keys walk the rows, open and close them", () => {
  const rows = rowsOfTree(TREE, null, NONE);
  expect(keyInTree("ArrowDown", rows, 0, NONE)).toEqual({ go: "a1" });
  expect(keyInTree("ArrowUp", rows, 0, NONE)).toBeNull();
  expect(keyInTree("End", rows, 0, NONE)).toEqual({ go: "b" });
  expect(keyInTree("ArrowLeft", rows, 0, NONE)).toEqual({ close: "a" });
  expect(keyInTree("ArrowLeft", rows, 2, NONE)).toEqual({ go: "a1" });
  expect(keyInTree("ArrowRight", rows, 0, new Set(["a"]))).toEqual({ open: "a" });
  expect(keyInTree("ArrowRight", rows, 0, NONE)).toEqual({ go: "a1" });
  expect(keyInTree("ArrowRight", rows, 4, NONE)).toBeNull();
});
