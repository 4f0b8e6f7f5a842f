"use client";

import { type ComponentProps, type ReactNode, useId } from "react";

import { Label } from "@/components/ui/label";
import { Textarea } from "@/components/ui/textarea";

type Props = ComponentProps<typeof Textarea> & { label: string; hint?: ReactNode; problem?: string };

/** A labelled field for several lines with its hint, or with what is wrong about it. */
export function TextareaField({ label, hint, problem, ...props }: Props) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className="flex flex-col gap-2">
      <Label htmlFor={id}>{label}</Label>
      <Textarea
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        {...props}
      />
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
