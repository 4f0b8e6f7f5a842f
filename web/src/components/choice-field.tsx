"use client";

import { type ReactNode, useId } from "react";

import { Label } from "@/components/ui/label";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";

export type Choice = { value: string; name: string };

type Props = {
  label: string;
  choices: readonly Choice[];
  hint?: ReactNode;
  problem?: string;
  /** Sent with its form under this name. */
  name?: string;
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
};

/** A labelled list of which one is chosen, with its hint, or with what is wrong about it. */
export function ChoiceField({ label, choices, hint, problem, ...select }: Props) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Label id={id}>{label}</Label>
      <Select {...select}>
        <SelectTrigger aria-labelledby={id} aria-describedby={note ? `${id}-note` : undefined}>
          <span className="truncate">
            <SelectValue />
          </span>
        </SelectTrigger>
        <SelectContent>
          {choices.map(({ value, name }) => (
            <SelectItem key={value} value={value}>
              {name}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {note ? (
        <p
          id={`${id}-note`}
          className={problem ? "text-sm text-destructive" : "text-sm text-muted-foreground"}
        >
          {note}
        </p>
      ) : null}
    </div>
  );
}
