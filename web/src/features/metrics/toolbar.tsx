"use client";

import { RefreshCw } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { cn } from "@/lib/cn";
import { t } from "@/messages/metrics";

import { PERCENTILES, RANGES, type View } from "./views";

type PickProps = {
  label: string;
  value: string;
  choices: { value: string; name: string }[];
  onPick: (value: string) => void;
};

function Pick({ label, value, choices, onPick }: PickProps) {
  return (
    <Select value={value} onValueChange={onPick}>
      <SelectTrigger aria-label={label} className="w-auto min-w-28">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {choices.map((choice) => (
          <SelectItem key={choice.value} value={choice.value}>
            {choice.name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}

const BY_LENGTH = [...RANGES].sort((a, b) => a.ms - b.ms);

type Props = {
  view: View;
  admin: boolean;
  fetching: boolean;
  onChange: (change: Partial<View>) => void;
  onRefresh: () => void;
};

/** What is looked at. */
export function Toolbar({ view, admin, fetching, onChange, onRefresh }: Props) {
  const { range, bucket, percentile, mine } = view;
  const pickRange = (value: string) => {
    const next = RANGES.find((each) => each.value === value) ?? RANGES[0];
    onChange({ range: next, bucket: next.buckets.includes(bucket) ? bucket : (next.buckets[0] ?? "DAY") });
  };
  return (
    <div role="toolbar" aria-label={t("toolbar.label")} className="flex flex-wrap items-center gap-2">
      {admin ? (
        <Pick
          label={t("toolbar.whose")}
          value={mine ? "mine" : "all"}
          choices={[
            { value: "all", name: t("toolbar.everybody") },
            { value: "mine", name: t("toolbar.mine") },
          ]}
          onPick={(value) => onChange({ mine: value === "mine" })}
        />
      ) : null}
      <Pick
        label={t("toolbar.time")}
        value={range.value}
        choices={BY_LENGTH.map(({ value }) => ({ value, name: t(`ranges.${value}`) }))}
        onPick={pickRange}
      />
      {range.buckets.length > 1 ? (
        <Pick
          label={t("toolbar.cut")}
          value={bucket}
          choices={range.buckets.map((value) => ({ value, name: t(`buckets.${value}`) }))}
          onPick={(value) => onChange({ bucket: range.buckets.find((each) => each === value) ?? bucket })}
        />
      ) : null}
      <Pick
        label={t("toolbar.percentile")}
        value={percentile}
        choices={PERCENTILES.map((value) => ({ value, name: t(`percentiles.${value}`) }))}
        onPick={(value) => onChange({ percentile: PERCENTILES.find((each) => each === value) ?? percentile })}
      />
      <Button
        variant="outline"
        size="icon"
        aria-label={t("toolbar.refresh")}
        title={t("toolbar.refresh")}
        onClick={onRefresh}
      >
        <RefreshCw aria-hidden className={cn(fetching && "animate-spin")} />
      </Button>
    </div>
  );
}
