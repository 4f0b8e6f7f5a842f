import { expect, test } from "vitest";

import type { ChatRowFragment } from "@/gql/graphql";

import { groupChats } from "./chat-groups";

const now = new Date(2026, 5, 15, 9);
const chat = (id: string, daysAgo: number, pinned = false) => {
  const changed = new Date(2026, 5, 15 - daysAgo, 8);
  return {
    id,
    title: id,
    pinned,
    archived: false,
    activeRun: null,
    updatedAt: changed.toISOString(),
  } as ChatRowFragment;
};

test("chats stand under the day they changed, pinned ones on top", () => {
  const groups = groupChats(
    [chat("a", 0), chat("b", 1), chat("c", 7), chat("d", 8), chat("p", 30, true)],
    now,
  );
  expect(groups.map(({ name, chats }) => [name, chats.map(({ id }) => id).join()])).toEqual([
    ["Pinned", "p"],
    ["Today", "a"],
    ["Yesterday", "b"],
    ["Previous 7 days", "c"],
    ["Older", "d"],
  ]);
});

test("one hour past midnight, late last night is yesterday", () => {
  expect(
    groupChats(
      [{ ...chat("a", 0), updatedAt: new Date(2026, 5, 14, 23, 59).toISOString() }],
      new Date(2026, 5, 15, 1),
    )[0]?.name,
  ).toBe("Yesterday");
});
