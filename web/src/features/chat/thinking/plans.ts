import type { PlanView } from "@parley/react";

/** What a plan's line says: how far it is while it is worked on, and what became of it afterwards. */
export function planLabel({ steps }: PlanView, working: boolean, name = "Plan"): string {
  const done = steps.filter(({ status }) => status === "COMPLETED").length;
  const many = `${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
  if (working) return `${name} · ${done} of ${many}`;
  return done === steps.length ? `${name} · ${many} done` : `${name} · ${done} of ${many} done`;
}

/** One step without anything to say of it is just the answer, and needs no plan on the screen. */
export const worthShowing = (plan: PlanView | null): plan is PlanView =>
  plan !== null && (plan.steps.length > 1 || Boolean(plan.note));
