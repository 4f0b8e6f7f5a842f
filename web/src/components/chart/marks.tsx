import { pathsOf, type Series, stacked } from "./series";

/** Where values go on the picture. */
export type Plot = {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** How wide one place on the axis of time is. */
  band: number;
  x: (at: number) => number;
  y: (value: number) => number;
};

type AxesProps = {
  plot: Plot;
  ticks: { value: number; text: string }[];
  words: { at: number; text: string }[];
};

const words = "fill-muted-foreground text-[0.6875rem] tabular-nums";

export function Axes({ plot, ticks, words: times }: AxesProps) {
  return (
    <g>
      {ticks.map(({ value, text }) => (
        <g key={value}>
          <line
            x1={plot.left}
            x2={plot.right}
            y1={plot.y(value)}
            y2={plot.y(value)}
            className="stroke-border"
          />
          <text x={plot.left - 8} y={plot.y(value)} dy="0.32em" textAnchor="end" className={words}>
            {text}
          </text>
        </g>
      ))}
      {times.map(({ at, text }) => (
        <text key={at} x={plot.x(at)} y={plot.bottom + 17} textAnchor="middle" className={words}>
          {text}
        </text>
      ))}
    </g>
  );
}

type MarksProps = { plot: Plot; series: readonly Series[]; at: number | null };

const WIDEST = 28;

export function Bars({ plot, series, at }: MarksProps) {
  const layers = stacked(series);
  const width = Math.max(1, Math.min(WIDEST, plot.band * 0.72));
  return (
    <g>
      {at === null ? null : (
        <rect
          x={plot.x(at) - plot.band / 2}
          y={plot.top}
          width={plot.band}
          height={plot.bottom - plot.top}
          className="fill-muted-foreground/10"
        />
      )}
      {series.map(({ key, color }, layer) => (
        <g key={key} style={{ fill: color }}>
          {layers[layer]?.map(({ from, to }, place) =>
            to > from ? (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a place on the axis is what it is known by
                key={place}
                x={plot.x(place) - width / 2}
                y={plot.y(to)}
                width={width}
                height={plot.y(from) - plot.y(to)}
                rx={Math.min(2, width / 4)}
              />
            ) : null,
          )}
        </g>
      ))}
    </g>
  );
}

export function Lines({ plot, series, at }: MarksProps) {
  return (
    <g>
      {at === null ? null : (
        <line
          x1={plot.x(at)}
          x2={plot.x(at)}
          y1={plot.top}
          y2={plot.bottom}
          className="stroke-muted-foreground/60"
        />
      )}
      {series.map(({ key, color, values }) => {
        const points = values.map((value, place) =>
          value === null ? null : { x: plot.x(place), y: plot.y(value) },
        );
        const marked = at === null ? null : points[at];
        return (
          <g key={key} style={{ stroke: color, fill: color }}>
            {pathsOf(points).map(({ path, alone }) =>
              alone ? (
                <circle key={path} cx={alone.x} cy={alone.y} r={2} stroke="none" />
              ) : (
                <path
                  key={path}
                  d={path}
                  fill="none"
                  strokeWidth={1.75}
                  strokeLinejoin="round"
                  strokeLinecap="round"
                />
              ),
            )}
            {marked ? (
              <circle cx={marked.x} cy={marked.y} r={3.5} strokeWidth={2} className="stroke-card" />
            ) : null}
          </g>
        );
      })}
    </g>
  );
}
