import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

/** The mark: a P that is also a speech bubble. */
export function Logo({ className, ...props }: ComponentProps<"svg">) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={cn("size-7 shrink-0", className)} {...props}>
      <rect width="32" height="32" rx="9" className="fill-primary" />
      <g
        className="stroke-primary-foreground"
        fill="none"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M10.5 25V14a6.5 6.5 0 1 1 6.5 6.5h-2" />
      </g>
      <circle cx="17" cy="14" r="1.75" className="fill-primary-foreground" />
    </svg>
  );
}
