/** One line, or one layer of bars; a value for each place on the axis, null where nothing was measured. */
export type Series = { key: string; name: string; color: string; values: (number | null)[] };

export type Segment = { from: number; to: number };

/** Layers of bars on top of each other: for each series and place, from where to where its piece goes. */
export function stacked(series: readonly Series[]): Segment[][] {
  const heights: number[] = [];
  return series.map(({ values }) =>
    values.map((value, at) => {
      const from = heights[at] ?? 0;
      heights[at] = from + (value ?? 0);
      return { from, to: heights[at] };
    }),
  );
}

/** The largest value that has to fit, 0 without any. */
export function topOf(series: readonly Series[], kind: "bars" | "lines"): number {
  if (kind === "bars") return Math.max(0, ...(stacked(series).at(-1) ?? []).map(({ to }) => to));
  return Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
}

type Point = { x: number; y: number };

/** Lines through what was measured; where nothing was, a line ends and another one begins. */
export function pathsOf(points: readonly (Point | null)[]): { path: string; alone: Point | null }[] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point) runs.at(-1)?.push(point);
    else if (runs.at(-1)?.length) runs.push([]);
  }
  return runs
    .filter((run) => run.length > 0)
    .map((run) => ({
      path: run.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(""),
      // A line of one point is invisible: it is drawn as a dot.
      alone: run.length === 1 ? (run[0] ?? null) : null,
    }));
}
