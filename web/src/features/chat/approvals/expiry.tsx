"use client";

import { formatDateTime, formatRelative } from "@/lib/dates";
import { useNow } from "@/lib/use-now";
import { t } from "@/messages/approvals";

const MINUTE = 60_000;

/** When something lapses that waits. */
export function Expiry({ at }: { at: string }) {
  const now = useNow(MINUTE);
  return (
    <span title={formatDateTime(at)} className="text-xs text-muted-foreground">
      {t("lapses", { when: formatRelative(at, now) })}
    </span>
  );
}
