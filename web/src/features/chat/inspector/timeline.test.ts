import { expect, test } from "vitest";

import { type InspectedRun, type Step, timelineOf } from "./timeline";

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const step = (id: string, parentId: string | null, from: number, to: number | null) =>
  ({ id, parentId, name: id, startedAt: at(from), finishedAt: to === null ? null : at(to) }) as Step;
const run = (...steps: Step[]) =>
  ({ startedAt: at(0), finishedAt: at(10), steps }) as unknown as InspectedRun;
const shape = (of: InspectedRun) => timelineOf(of, 20_000).map(({ step: { id }, depth }) => [id, depth]);

test("steps stand below what they are a part of, in the order in which they began", () => {
  const all = run(
    step("agent", null, 0, 10),
    step("call", "agent", 0, 4),
    step("plan", null, 1, 9),
    step("tool", "call", 2, 3),
    step("answer", "agent", 5, 10),
  );
  expect(shape(all)).toEqual([
    ["agent", 0],
    ["call", 1],
    ["tool", 2],
    ["answer", 1],
    ["plan", 0],
  ]);
});

test("a bar begins and ends where its step does; one that goes on reaches to the end", () => {
  const [agent, call, open] = timelineOf(
    run(step("agent", null, 0, 10), step("call", null, 2.5, 5), step("open", null, 5, null)),
  );
  expect([agent?.from, agent?.share, agent?.ms]).toEqual([0, 1, 10_000]);
  expect([call?.from, call?.share, call?.ms]).toEqual([0.25, 0.25, 2_500]);
  expect([open?.from, open?.share, open?.ms]).toEqual([0.5, 0.5, null]);
});

test("nothing is lost or shown twice, whatever the parents say", () => {
  expect(shape(run(step("orphan", "gone", 0, 1), step("a", "b", 0, 1), step("b", "a", 0, 1)))).toEqual([
    ["orphan", 0],
    ["a", 0],
    ["b", 1],
  ]);
});
