import { ArrowRightLeft } from "lucide-react";

import { t } from "@/messages/runs";

/** One line for each agent that went on with the answer of another. */
export function HandoffLines({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <ul aria-label={t("handoffs.title")} className="flex flex-col gap-1">
      {names.map((name, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an agent may take over twice
        <li key={index} className="flex items-center gap-2 text-xs text-muted-foreground">
          <ArrowRightLeft aria-hidden className="size-3.5 shrink-0" />
          <span className="min-w-0 truncate">{t("handoffs.tookOver", { name })}</span>
        </li>
      ))}
    </ul>
  );
}
