import { expect, test } from "vitest";

import { formatRelative } from "./dates";

const now = Date.parse("2026-11-25T12:00:00Z");

test.each([
  ["2026-11-25T11:59:40Z", "just now"],
  ["2026-11-25T11:55:00Z", "5 minutes ago"],
  ["2026-11-25T09:10:00Z", "2 hours ago"],
  ["2026-11-24T11:00:00Z", "yesterday"],
  ["2026-11-28T12:00:00Z", "in 3 days"],
  ["2026-01-02T12:00:00Z", "Jan 2, 2026"],
])("%s reads “%s”", (at, words) => {
  expect(formatRelative(at, now)).toBe(words);
});
