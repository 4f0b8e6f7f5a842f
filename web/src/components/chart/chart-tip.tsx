import type { CSSProperties } from "react";

import { t } from "@/messages/pieces";

type Line = { key: string; name: string; color: string; text: string };
type Props = { title: string; lines: Line[]; style: CSSProperties };

/** What stands at one place of a chart. The slider around it says the same to screen readers. */
export function ChartTip({ title, lines, style }: Props) {
  return (
    <div
      aria-hidden
      style={style}
      className="pointer-events-none absolute top-1 z-10 max-w-64 min-w-32 rounded-lg border bg-popover px-3 py-2 text-xs text-popover-foreground shadow-md"
    >
      <p className="mb-1 text-muted-foreground">{title}</p>
      {lines.length === 0 ? <p>{t("chart.nothing")}</p> : null}
      {lines.map(({ key, name, color, text }) => (
        <p key={key} className="flex items-center gap-2">
          <span className="size-2 shrink-0 rounded-[2px]" style={{ background: color }} />
          <span className="truncate">{name}</span>
          <span className="ml-auto pl-3 tabular-nums">{text}</span>
        </p>
      ))}
    </div>
  );
}
