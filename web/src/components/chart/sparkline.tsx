type Props = { values: readonly number[]; length: number; className?: string };

/** A small line without axes, beside a figure that says the same in words. */
export function Sparkline({ values, length, className }: Props) {
  const top = Math.max(1, ...values);
  const first = length - values.length;
  const points = values.map((value, at) => `${first + at},${(19 - (value / top) * 18).toFixed(2)}`).join(" ");
  return (
    <svg aria-hidden viewBox={`0 0 ${length - 1} 20`} preserveAspectRatio="none" className={className}>
      <polyline
        points={points}
        fill="none"
        stroke="var(--chart-1)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
