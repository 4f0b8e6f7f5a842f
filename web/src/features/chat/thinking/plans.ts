import type { PlanView } from "@parley/react";

import { t } from "@/messages/thinking";

/** What a plan's line says: how far it is while it is worked on, and what became of it afterwards. */
export function planLabel({ steps }: PlanView, working: boolean, name = t("plan.title")): string {
  const done = steps.filter(({ status }) => status === "COMPLETED").length;
  const count = steps.length;
  if (working) return t("plan.working", { name, done, count });
  return done === count ? t("plan.done", { name, count }) : t("plan.partly", { name, done, count });
}

/** One step without anything to say of it is just the answer, and needs no plan on the screen. */
export const worthShowing = (plan: PlanView | null): plan is PlanView =>
  plan !== null && (plan.steps.length > 1 || Boolean(plan.note));
