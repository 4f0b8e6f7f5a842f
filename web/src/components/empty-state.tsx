import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

type Props = {
  icon?: LucideIcon;
  title: string;
  text: ReactNode;
  children?: ReactNode;
  className?: string;
  role?: "alert";
};

/** Says what a place is for while there is nothing in it, with at most one thing to do. */
export function EmptyState({ icon: Icon, title, text, children, className, role }: Props) {
  return (
    <div
      role={role}
      className={cn("flex h-full flex-col items-center justify-center gap-2 p-6 text-center", className)}
    >
      {Icon ? <Icon aria-hidden className="mb-2 size-6 text-muted-foreground" /> : null}
      <p className="font-medium">{title}</p>
      <p className="max-w-sm text-sm text-pretty text-muted-foreground">{text}</p>
      {children ? <div className="mt-4">{children}</div> : null}
    </div>
  );
}
