import { percent } from "@/lib/quantities";
import { t } from "@/messages/metrics";

import type { Dashboard } from "./use-dashboard";

type Bins = Dashboard["selections"]["calibration"];

const SIZE = 240;
const LEFT = 44;
const BOTTOM = 36;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const words = "fill-muted-foreground text-[0.6875rem] tabular-nums";

const x = (share: number) => LEFT + share * (SIZE - LEFT - 8);
const y = (share: number) => 8 + (1 - share) * (SIZE - BOTTOM - 8);

/** The larger the dot, the more answers; its area says how many. */
const radius = (count: number, most: number) => 3 + 7 * Math.sqrt(count / most);

function Grid() {
  return (
    <g>
      {TICKS.map((share) => (
        <g key={share}>
          <line x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} className="stroke-border" />
          <text x={x(0) - 8} y={y(share)} dy="0.32em" textAnchor="end" className={words}>
            {share * 100} %
          </text>
          <text x={x(share)} y={y(0) + 16} textAnchor="middle" className={words}>
            {share * 100} %
          </text>
        </g>
      ))}
      <line
        x1={x(0)}
        y1={y(0)}
        x2={x(1)}
        y2={y(1)}
        strokeDasharray="4 4"
        className="stroke-muted-foreground/60"
      />
    </g>
  );
}

/** How sure the choice was against how often people agreed: on the diagonal it knows itself. */
export function CalibrationChart({ bins }: { bins: Bins }) {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const said = bins
    .map(({ confidence, observed }) =>
      t("selection.bin", { sure: percent(confidence), up: percent(observed) }),
    )
    .join("; ");
  return (
    <figure className="flex flex-col items-center gap-3 sm:flex-row sm:gap-8">
      <svg
        role="img"
        aria-label={t("selection.bins", { bins: said })}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        className="w-full max-w-60 shrink-0 overflow-visible"
      >
        <Grid />
        {bins.map(({ confidence, observed, count }) => (
          <circle
            key={confidence}
            cx={x(confidence)}
            cy={y(observed)}
            r={radius(count, most)}
            fill="var(--chart-1)"
            fillOpacity={0.75}
            className="stroke-card"
          />
        ))}
      </svg>
      <figcaption className="text-sm text-pretty text-muted-foreground">
        {t("selection.howToRead")}
      </figcaption>
    </figure>
  );
}
