"use client";

import { type PlanView as Plan, useRunStream } from "@parley/react";
import {
  Ban,
  Circle,
  CircleAlert,
  CircleCheck,
  ListChecks,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import { useState } from "react";
import { cn } from "@/lib/cn";
import { t } from "@/messages/thinking";

import { Fold } from "../fold";
import { planLabel } from "./plans";

const STATUS: Record<Plan["steps"][number]["status"], { icon: LucideIcon; tone: string }> = {
  PENDING: { icon: Circle, tone: "text-muted-foreground" },
  IN_PROGRESS: { icon: LoaderCircle, tone: "text-primary motion-safe:animate-spin" },
  COMPLETED: { icon: CircleCheck, tone: "text-primary" },
  FAILED: { icon: CircleAlert, tone: "text-destructive" },
  CANCELLED: { icon: Ban, tone: "text-muted-foreground" },
};

/** The steps of a plan with how far each is, and what its check said. */
function PlanSteps({ plan }: { plan: Plan }) {
  return (
    <div className="space-y-2 text-sm">
      <ol aria-label={t("plan.title")} className="space-y-2">
        {plan.steps.map(({ title, status, outcome }, index) => {
          const { icon: Icon, tone } = STATUS[status];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name, and two may have one title
            <li key={index} className="flex gap-2.5">
              <Icon aria-hidden className={cn("mt-1 size-4 shrink-0", tone)} />
              <div className="min-w-0">
                <p className={cn("leading-6", status === "PENDING" && "text-muted-foreground")}>
                  {title}
                  <span className="sr-only"> ({t(`steps.${status}`)})</span>
                </p>
                {outcome ? <p className="text-xs leading-5 text-muted-foreground">{outcome}</p> : null}
              </div>
            </li>
          );
        })}
      </ol>
      {plan.note ? <p className="text-xs leading-5 text-muted-foreground">{plan.note}</p> : null}
    </div>
  );
}

/** A plan: open while it is worked on, and folded away once the answer is being written. A hand on it decides. */
export function PlanView({ plan, working, name }: { plan: Plan; working: boolean; name?: string }) {
  const [chosen, choose] = useState<boolean | null>(null);
  return (
    <Fold
      icon={ListChecks}
      label={planLabel(plan, working, name)}
      live={working}
      open={chosen ?? working}
      onOpenChange={choose}
    >
      <PlanSteps plan={plan} />
    </Fold>
  );
}

/** The plan of an answer from earlier; it is had from the run's events when somebody wants to see it. */
export function PastPlan({ runId, name }: { runId: string; name: string }) {
  const [open, setOpen] = useState(false);
  const view = useRunStream(open ? runId : null);
  const waiting = view?.finished ? t("plan.none") : t("plan.loading");
  return (
    <Fold
      icon={ListChecks}
      label={view?.plan ? planLabel(view.plan, false, name) : name}
      open={open}
      onOpenChange={setOpen}
    >
      {view?.plan ? (
        <PlanSteps plan={view.plan} />
      ) : (
        <p className="text-sm text-muted-foreground">{waiting}</p>
      )}
    </Fold>
  );
}
