"use client";

import { useConnection } from "@parley/react";
import { CloudOff } from "lucide-react";

import { t } from "@/messages/common";

/** Says quietly that the connection is gone; empty while there is one, so that screen readers hear it go. */
export function ConnectionBanner() {
  const connection = useConnection();
  return (
    <div role="status" className="empty:hidden">
      {connection === "online" ? null : (
        <p className="flex items-center justify-center gap-2 border-b bg-secondary px-4 py-1.5 text-center text-sm text-secondary-foreground">
          <CloudOff aria-hidden className="size-4 shrink-0" />
          {t(`connection.${connection}`)}
        </p>
      )}
    </div>
  );
}
