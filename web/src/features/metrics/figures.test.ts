import { expect, test } from "vitest";

import { changeOf, coloured, layersOf, linesOf, modelOf, type Point, rowsOf, type Stats } from "./figures";

const NONE = { __typename: "Percentiles", p50: null, p95: null, p99: null } as const;

const stats = (calls: number, p50: number | null = null): Stats => ({
  __typename: "ModelCallStats",
  calls,
  errors: 0,
  errorRate: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: "0",
  ttftMs: { ...NONE, p50 },
  durationMs: NONE,
  outputTokensPerSecond: NONE,
});

const HOUR = 3_600_000;
const STARTS = [0, HOUR, 2 * HOUR];
const MODELS = coloured(["a", "b", "c", "d", "e", "f", "g"].map((key) => ({ key, name: key })));
const point = (hour: number, key: string, calls: number, p50?: number): Point => ({
  start: hour * HOUR,
  key,
  stats: stats(calls, p50),
});

test("the models with the most calls have a layer each, all others one together", () => {
  const points = [point(0, "a", 2), point(2, "f", 1), point(2, "g", 4), point(1, "a", 3)];

  const layers = layersOf(points, MODELS, STARTS, HOUR, ({ calls }) => calls);

  expect(layers.map(({ key, values }) => [key, values])).toEqual([
    ["a", [2, 3, 0]],
    ["others", [0, 0, 5]],
  ]);
});

test("percentiles are never added up: each model has a line, with gaps", () => {
  const lines = linesOf(
    [point(0, "a", 1, 80), point(2, "a", 1, 90), point(0, "g", 1, 5)],
    MODELS,
    STARTS,
    HOUR,
    ({ ttftMs }) => ttftMs.p50,
  );

  expect(lines.map(({ key, values }) => [key, values])).toEqual([["a", [80, null, 90]]]);
});

test("a call outside of the axis changes nothing", () => {
  expect(layersOf([point(9, "a", 1), point(-1, "a", 1)], MODELS, STARTS, HOUR, ({ calls }) => calls)).toEqual(
    [],
  );
});

test("a model keeps its colour whatever else is shown, and a removed one its name", () => {
  const colours = MODELS.map(({ color }) => color);

  expect(new Set(colours).size).toBe(5);
  expect(modelOf({ modelName: "old", model: null })).toEqual({ key: "removed old", name: "old" });
});

test.each([
  [150, 100, { words: "50 %", direction: "up" }],
  [50, 100, { words: "50 %", direction: "down" }],
  [100.1, 100, { words: "as before", direction: "same" }],
  [2_500, 100, { words: "25×", direction: "up" }],
  [5, 0, null],
  [null, 100, null],
])("%s after %s is told as %j", (now, before, told) => {
  expect(changeOf(now, before)).toEqual(told);
});

test("a table has the newest first, and no empty rows", () => {
  const series = [{ key: "a", name: "a", color: "", values: [1, 0, 3] }];

  expect(rowsOf(series, STARTS)).toEqual([
    { start: 2 * HOUR, values: [3] },
    { start: 0, values: [1] },
  ]);
});
