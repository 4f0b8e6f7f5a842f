import { fireEvent, render, screen } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";

import { csvOf, shown } from "./columns";
import { labelled, ticksTo } from "./scale";
import { pathsOf, stacked, topOf } from "./series";
import { TimeChart } from "./time-chart";

beforeAll(() => {
  window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
});

const series = (...rows: (number | null)[][]) =>
  rows.map((values, at) => ({ key: String(at), name: `series ${at}`, color: "red", values }));

test.each([
  [38, false, [0, 10, 20, 30, 40]],
  [0.9, false, [0, 0.25, 0.5, 0.75, 1]],
  [2, true, [0, 1, 2]],
  [0, true, [0, 1]],
])("an axis up to %s has round numbers", (top, whole, ticks) => {
  expect(ticksTo(top, 4, whole)).toEqual(ticks);
});

test("words below an axis never run into each other", () => {
  expect(labelled(24, 480, 80)).toEqual([0, 4, 8, 12, 16, 20]);
  expect(labelled(3, 480, 80)).toEqual([0, 1, 2]);
});

test("layers stand on each other, lines beside each other", () => {
  const two = series([1, 2], [3, null]);

  expect(stacked(two)[1]).toEqual([
    { from: 1, to: 4 },
    { from: 2, to: 2 },
  ]);
  expect(topOf(two, "bars")).toBe(4);
  expect(topOf(two, "lines")).toBe(3);
});

test("a line ends where nothing was measured, and one point is a dot", () => {
  const [first, second] = pathsOf([{ x: 0, y: 0 }, { x: 1, y: 1 }, null, { x: 3, y: 3 }]);

  expect(first).toEqual({ path: "M0.0 0.0L1.0 1.0", alone: null });
  expect(second?.alone).toEqual({ x: 3, y: 3 });
});

test("a file has raw figures, quoted words, and nothing that a spreadsheet would run", () => {
  const columns = [
    { title: "Name", of: ({ name }: { name: string }) => name },
    { title: "Cost", of: () => 1234.5, show: (value: number) => `$${value}` },
    { title: "None", of: () => null },
  ];

  expect(csvOf(columns, [{ name: 'a "b", c' }, { name: "=1+1" }])).toBe(
    'Name,Cost,None\r\n"a ""b"", c",1234.5,\r\n\'=1+1,1234.5,\r\n',
  );
  expect(columns.map((column) => shown(column, { name: "a" }))).toEqual(["a", "$1234.5", "–"]);
});

test("arrow keys read a chart, value by value", () => {
  const times = ["one", "two", "three"].map((word) => ({ short: word, long: word }));
  render(
    <TimeChart label="Calls" kind="bars" times={times} series={series([1, 2, null])} format={String} whole />,
  );
  const slider = screen.getByRole("slider", { name: "Calls: read by time" });

  expect(slider.getAttribute("aria-valuetext")).toBe("three: nothing");
  fireEvent.keyDown(slider, { key: "ArrowLeft" });
  expect(slider.getAttribute("aria-valuetext")).toBe("two: series 0 2");
  fireEvent.keyDown(slider, { key: "Home" });
  expect(slider.getAttribute("aria-valuetext")).toBe("one: series 0 1");
});
