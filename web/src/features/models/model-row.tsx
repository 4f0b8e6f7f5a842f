"use client";

import { Pencil } from "lucide-react";
import { memo, type ReactNode, Suspense } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { UpdateModelDocument } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { messageOf } from "@/lib/errors";
import { lazy } from "@/lib/lazy";
import { duration, pace, price, tokens } from "@/lib/quantities";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/models";

import { healthOf, type PoolModel } from "./pool";
import { TestButton, TestResult, useModelTest } from "./test-button";

const EditModelDialog = lazy(() => import("./edit-model-dialog"));

const TONES = {
  good: "bg-emerald-500",
  fair: "bg-amber-500",
  bad: "bg-red-500",
  none: "bg-muted-foreground/50",
};

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{name}</dt>
      <dd className="truncate text-sm tabular-nums">{children}</dd>
    </div>
  );
}

const unknown = <span className="text-muted-foreground">–</span>;

function pricesOf({ local, inputUsdPerMillion: input, outputUsdPerMillion: output }: PoolModel): ReactNode {
  if (local) return t("row.free");
  if (input == null || output == null) return unknown;
  return `${price(input)} / ${price(output)}`;
}

function Facts({ model }: { model: PoolModel }) {
  const { ttftMs, outputTokensPerSecond } = model.health;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 min-[30rem]:grid-cols-4 lg:w-[29rem] lg:shrink-0">
      <Fact name={t("row.prices")}>{pricesOf(model)}</Fact>
      <Fact name={t("row.firstToken")}>{ttftMs.p50 == null ? unknown : duration(ttftMs.p50)}</Fact>
      <Fact name={t("row.speed")}>
        {outputTokensPerSecond.p50 == null ? unknown : pace(outputTokensPerSecond.p50)}
      </Fact>
      <Fact name={t("row.context")}>
        {model.contextWindow == null ? unknown : tokens(model.contextWindow)}
      </Fact>
    </dl>
  );
}

function Names({ model }: { model: PoolModel }) {
  const health = healthOf(model);
  const reason = model.enabled && model.available ? model.health.reason : null;
  return (
    <div className="min-w-0 flex-1">
      <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
        <span className="wrap-anywhere">{model.displayName}</span>
        <Badge variant="secondary" title={t(`tiers.${model.tier}.text`)}>
          {t(`tiers.${model.tier}.name`)}
        </Badge>
      </h3>
      <p className="mt-1 flex flex-wrap items-center gap-x-1.5 text-xs text-muted-foreground">
        <span aria-hidden className={cn("size-2 shrink-0 rounded-full", TONES[health.tone])} />
        <span className={health.tone === "bad" ? "text-destructive" : undefined}>{health.words}</span>
        {reason ? <span>– {reason}</span> : null}
        {model.capabilities.length > 0 ? <span>· {model.capabilities.join(", ")}</span> : null}
        {model.loadMs ? <span>· {t("row.loadsIn", { time: duration(model.loadMs) })}</span> : null}
      </p>
    </div>
  );
}

function Controls({ model, children }: { model: PoolModel; children: ReactNode }) {
  const [{ fetching }, update] = useMutation(UpdateModelDocument);
  const edit = useOnDemand();
  const switchTo = async (enabled: boolean) => {
    const { error } = await update({ input: { id: model.id, enabled } });
    if (error) toast.error(messageOf(error));
  };
  return (
    <div className="flex items-center gap-2 lg:w-42 lg:justify-end">
      {children}
      <Button
        variant="ghost"
        size="icon"
        className="size-8 text-muted-foreground"
        aria-label={t("row.editOf", { name: model.displayName })}
        aria-haspopup="dialog"
        title={t("row.edit")}
        onClick={() => edit.setOpen(true)}
      >
        <Pencil aria-hidden />
      </Button>
      <Switch
        className="max-lg:ml-auto"
        aria-label={t("row.use", { name: model.displayName })}
        checked={model.enabled}
        disabled={fetching}
        onCheckedChange={(enabled) => void switchTo(enabled)}
      />
      {edit.wanted ? (
        <Suspense>
          <EditModelDialog model={model} open={edit.open} onOpenChange={edit.setOpen} />
        </Suspense>
      ) : null}
    </div>
  );
}

/** One model of the pool; an administrator can test, edit and switch it. */
export const ModelRow = memo(function ModelRow({ model, admin }: { model: PoolModel; admin: boolean }) {
  const { result, testing, test } = useModelTest(model.id);
  return (
    <li className="flex flex-col gap-3 py-4">
      <div className="flex flex-col gap-3 lg:flex-row lg:items-center lg:gap-6">
        <Names model={model} />
        <Facts model={model} />
        {admin ? (
          <Controls model={model}>
            <TestButton
              name={model.displayName}
              testing={testing}
              disabled={!model.enabled || !model.available}
              onTest={test}
            />
          </Controls>
        ) : null}
      </div>
      <TestResult result={result} />
    </li>
  );
});
