import type { PlanView } from "@parley/react";
import { expect, test } from "vitest";

import { planLabel, worthShowing } from "./plans";

const plan = (...statuses: PlanView["steps"][number]["status"][]): PlanView => ({
  note: null,
  steps: statuses.map((status, index) => ({
    __typename: "PlanStep",
    title: `Step ${index}`,
    status,
    outcome: null,
  })),
});

test("a plan says how far it is, and what became of it", () => {
  expect(planLabel(plan("COMPLETED", "IN_PROGRESS", "PENDING"), true)).toBe("Plan · 1 of 3 steps");
  expect(planLabel(plan("COMPLETED", "COMPLETED"), false)).toBe("Plan · 2 steps done");
  expect(planLabel(plan("COMPLETED", "FAILED"), false)).toBe("Plan · 1 of 2 steps done");
});

test("one step is just the answer, unless there is something to say of it", () => {
  expect(worthShowing(null)).toBe(false);
  expect(worthShowing(plan("COMPLETED"))).toBe(false);
  expect(worthShowing({ ...plan("COMPLETED"), note: "There is no plan." })).toBe(true);
  expect(worthShowing(plan("PENDING", "PENDING"))).toBe(true);
});
