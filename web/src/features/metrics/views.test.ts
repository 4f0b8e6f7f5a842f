import { expect, test } from "vitest";

import { questionOf, searchOf, startsOf, viewOf } from "./views";

const view = (search: string) => viewOf(new URLSearchParams(search));
const NOW = Date.parse("2026-03-01T10:20:30Z");

test("an address without a view, or with a wrong one, is the usual one", () => {
  for (const search of ["", "range=always&bucket=year&percentile=p1&whose=yours"])
    expect(view(search)).toMatchObject({
      range: { value: "24h" },
      bucket: "HOUR",
      percentile: "p95",
      mine: false,
    });
});

test.each(["", "?range=30d&bucket=hour&percentile=p50&whose=mine", "?range=1h"])(
  "the view of “%s” has that address",
  (search) => expect(searchOf(view(search))).toBe(search),
);

test("a range is never cut finer than it can be shown", () => {
  expect(view("range=90d&bucket=minute").bucket).toBe("DAY");
});

test("what is compared with is as long, and ends where the range begins", () => {
  const { range, before } = questionOf(view(""), NOW);

  expect(range).toEqual({ from: "2026-02-28T10:30:00.000Z", to: "2026-03-01T10:30:00.000Z" });
  expect(before).toEqual({ from: "2026-02-27T10:30:00.000Z", to: range.from });
});

test("two looks soon after each other are the same question", () => {
  expect(questionOf(view(""), NOW + 60_000)).toEqual(questionOf(view(""), NOW));
});

test("a range has all its buckets, also those that are cut", () => {
  const starts = startsOf(questionOf(view(""), NOW));

  expect(starts).toHaveLength(25);
  expect(starts[0]).toBe(Date.parse("2026-02-28T10:00:00Z"));
  expect(starts.at(-1)).toBe(Date.parse("2026-03-01T10:00:00Z"));
});
