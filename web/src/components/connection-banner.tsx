"use client";

import { useConnection } from "@parley/react";
import { CloudOff } from "lucide-react";

const WORDS = {
  offline: "You are offline. What you see may be old; it goes on by itself when you are back.",
  reconnecting: "The server cannot be reached. Trying again…",
};

/** Says quietly that the connection is gone; empty while there is one, so that screen readers hear it go. */
export function ConnectionBanner() {
  const connection = useConnection();
  return (
    <div role="status" className="empty:hidden">
      {connection === "online" ? null : (
        <p className="flex items-center justify-center gap-2 border-b bg-secondary px-4 py-1.5 text-center text-sm text-secondary-foreground">
          <CloudOff aria-hidden className="size-4 shrink-0" />
          {WORDS[connection]}
        </p>
      )}
    </div>
  );
}
