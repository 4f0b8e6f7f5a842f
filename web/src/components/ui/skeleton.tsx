import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

/** A placeholder that appears only when loading takes noticeably long. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      aria-hidden
      data-slot="skeleton"
      className={cn("skeleton rounded-md bg-muted", className)}
      {...props}
    />
  );
}
