"use client";

import { type ComponentProps, type ReactNode, useId } from "react";

import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";

type Props = Omit<ComponentProps<typeof Input>, "className"> & {
  label: string;
  hint?: ReactNode;
  problem?: string;
  /** A control inside the input, at its right end. */
  children?: ReactNode;
};

/** A labelled input with its hint, or with what is wrong about it. */
export function FormField({ label, hint, problem, children, ...props }: Props) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className="flex flex-col gap-2">
      <Label htmlFor={id}>{label}</Label>
      <div className="relative">
        <Input
          id={id}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          className={children ? "pr-10" : undefined}
          {...props}
        />
        {children}
      </div>
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
