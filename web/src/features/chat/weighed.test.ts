import { expect, test } from "vitest";

import { type Candidate, divided, figuresOfCandidate, runnerUp } from "./weighed";

const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  __typename: "SelectionCandidate",
  score: 0.5,
  expectedQuality: 0.8,
  expectedCostUsd: "0.0123",
  expectedTtftMs: 420,
  excludedBecause: null,
  model: { __typename: "Model", id, displayName: id },
  ...more,
});
const names = (candidates: Candidate[]) => candidates.map(({ model }) => model.id);

test("who could answer comes by score, who could not stands apart", () => {
  const { able, out } = divided([
    candidate("small", { score: 0.2 }),
    candidate("down", { score: null, excludedBecause: "it is down" }),
    candidate("strong", { score: 0.9 }),
  ]);

  expect([names(able), names(out)]).toEqual([["strong", "small"], ["down"]]);
});

test("the runner-up is the best of the others, also where the chosen one has not the highest score", () => {
  const candidates = [candidate("a", { score: 0.9 }), candidate("kept", { score: 0.85 }), candidate("b")];

  expect(runnerUp(candidates, "kept")?.model.id).toBe("a");
  expect(runnerUp(candidates, "a")?.model.id).toBe("kept");
  expect(runnerUp([candidate("a")], "a")).toBeNull();
});

test("figures that are not known are dashes, and what costs nothing is free", () => {
  expect(figuresOfCandidate(candidate("a"))).toEqual(["0.50", "0.80", "$0.01", "420 ms"]);
  expect(
    figuresOfCandidate(
      candidate("a", { score: null, expectedQuality: null, expectedCostUsd: "0", expectedTtftMs: null }),
    ),
  ).toEqual(["–", "–", "free", "–"]);
});
