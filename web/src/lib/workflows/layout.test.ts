import { expect, test } from "vitest";

import { layoutOf, stepsOf } from "./layout";

const laid = (...steps: object[]) => layoutOf(stepsOf({ steps }));
const places = ({ nodes }: ReturnType<typeof laid>) =>
  Object.fromEntries(nodes.map(({ step: { name }, x, y }) => [name, [x, y]]));

test("steps stand below those that they follow, and beside those of the same row", () => {
  const layout = laid(
    // biome-ignore lint/suspicious/noThenProperty: the word of the definition
    { name: "ask", kind: "condition", then: "left", otherwise: "right" },
    { name: "left", kind: "agent", next: "end" },
    { name: "right", kind: "agent", next: "end" },
    { name: "end", kind: "agent" },
  );
  expect(places(layout)).toEqual({ ask: [0.5, 0], left: [0, 1], right: [1, 1], end: [0.5, 2] });
  expect(layout.edges.map(({ from, to, label }) => [from.step.name, to.step.name, label])).toEqual([
    ["ask", "left", "yes"],
    ["ask", "right", "no"],
    ["left", "end", null],
    ["right", "end", null],
  ]);
  expect([layout.columns, layout.rows]).toEqual([2, 3]);
});

test("a step that is reached by a short and a long way stands below both", () => {
  // biome-ignore lint/suspicious/noThenProperty: the word of the definition
  const layout = laid({ name: "a", then: "b", otherwise: "c" }, { name: "b", next: "c" }, { name: "c" });
  expect(places(layout)).toEqual({ a: [0, 0], b: [0, 1], c: [0, 2] });
});

test("the body of a loop is drawn as what is inside it", () => {
  const { edges } = laid({ name: "loop", body: "work", next: "end" }, { name: "work" }, { name: "end" });
  expect(edges.map(({ to, inside }) => [to.step.name, inside])).toEqual([
    ["work", true],
    ["end", false],
  ]);
});

test("what is wrong does not keep the rest from being drawn", () => {
  expect(places(laid({ name: "a", next: "b" }, { name: "b", next: "a" }))).toEqual({ a: [0, 0], b: [0, 1] });
  expect(places(laid({ name: "a", next: "nowhere" }, { name: "a" }, { kind: "agent" }))).toEqual({
    a: [0, 0],
  });
  for (const wrong of [null, 1, [], {}, { steps: "none" }]) expect(stepsOf(wrong)).toEqual([]);
});
