/** The branches of a chat as the rows of a tree that can be opened and closed. */

import type { BranchesQuery } from "@/gql/later/graphql";

export type Branch = NonNullable<BranchesQuery["chat"]>["branches"][number];

export type BranchRow = {
  branch: Branch;
  /** From 1, as `aria-level` counts. */
  level: number;
  position: number;
  siblings: number;
  children: number;
  parent: string | null;
  /** Whether the way to what is shown goes through it. */
  passed: boolean;
  /** Whether it is shown to its end. */
  shown: boolean;
};

/** The branches on the way from the root to the message that is shown last. */
function passedIds(branches: readonly Branch[], headId: string | null | undefined): Set<string> {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const passed = new Set<string>();
  let at = branches.find(({ tipId }) => tipId === headId);
  while (at && !passed.has(at.id)) {
    passed.add(at.id);
    at = at.parentBranchId ? byId.get(at.parentBranchId) : undefined;
  }
  return passed;
}

/** All rows in reading order, but for those below a closed one. A branch whose parent is not listed is a root. */
export function rowsOfTree(
  branches: readonly Branch[],
  headId: string | null | undefined,
  closed: ReadonlySet<string>,
): BranchRow[] {
  const known = new Set(branches.map(({ id }) => id));
  const parentOf = ({ parentBranchId }: Branch) =>
    parentBranchId && known.has(parentBranchId) ? parentBranchId : null;
  const below = new Map<string | null, Branch[]>();
  for (const branch of branches)
    below.set(parentOf(branch), [...(below.get(parentOf(branch)) ?? []), branch]);
  const passed = passedIds(branches, headId);
  const rows: BranchRow[] = [];
  const add = (parent: string | null, level: number) => {
    const siblings = below.get(parent) ?? [];
    siblings.forEach((branch, at) => {
      const children = below.get(branch.id)?.length ?? 0;
      const place = { level, position: at + 1, siblings: siblings.length, parent };
      const { id, tipId } = branch;
      rows.push({ branch, ...place, children, passed: passed.has(id), shown: tipId === headId });
      if (children > 0 && !closed.has(branch.id)) add(branch.id, level + 1);
    });
  };
  add(null, 1);
  return rows;
}

export type TreeKey = { go: string } | { open: string } | { close: string } | null;

/** What a key does in a tree, by the pattern of the ARIA authoring practices. */
export function keyInTree(
  key: string,
  rows: readonly BranchRow[],
  at: number,
  closed: ReadonlySet<string>,
): TreeKey {
  const row = rows[at];
  if (!row) return null;
  const { id } = row.branch;
  const go = (index: number) => {
    const target = rows[index];
    return target ? { go: target.branch.id } : null;
  };
  switch (key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(at - 1);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "ArrowRight":
      if (row.children === 0) return null;
      return closed.has(id) ? { open: id } : go(at + 1);
    case "ArrowLeft":
      if (row.children > 0 && !closed.has(id)) return { close: id };
      return row.parent ? { go: row.parent } : null;
    default:
      return null;
  }
}
