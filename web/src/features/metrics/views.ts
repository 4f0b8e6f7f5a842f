/** What of the figures is looked at: the address says it, so that a view can be kept and passed on. */

import type { DashboardQueryVariables, TimeBucket } from "@/gql/later/graphql";
import { perLanguage } from "@/lib/language";
import type { metrics } from "@/messages/en/metrics";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const BUCKET_MS: Record<TimeBucket, number> = { MINUTE, HOUR, DAY };

/** `snap` is how far the end is rounded up, so that looks within it are one question to the cache. */
type Range = { value: keyof typeof metrics.ranges; ms: number; snap: number; buckets: TimeBucket[] };

export const RANGES: readonly [Range, ...Range[]] = [
  { value: "24h", ms: DAY, snap: 15 * MINUTE, buckets: ["HOUR"] },
  { value: "1h", ms: HOUR, snap: MINUTE, buckets: ["MINUTE"] },
  { value: "6h", ms: 6 * HOUR, snap: 5 * MINUTE, buckets: ["MINUTE", "HOUR"] },
  { value: "7d", ms: 7 * DAY, snap: HOUR, buckets: ["HOUR", "DAY"] },
  { value: "30d", ms: 30 * DAY, snap: HOUR, buckets: ["DAY", "HOUR"] },
  { value: "90d", ms: 90 * DAY, snap: HOUR, buckets: ["DAY"] },
];

export const PERCENTILES = ["p50", "p95", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];

export type View = { range: Range; bucket: TimeBucket; percentile: Percentile; mine: boolean };

/** The view of an address; what it does not say, or says wrongly, is the usual. */
export function viewOf(search: URLSearchParams): View {
  const range = RANGES.find(({ value }) => value === search.get("range")) ?? RANGES[0];
  const bucket = range.buckets.find((each) => each === search.get("bucket")?.toUpperCase());
  return {
    range,
    bucket: bucket ?? range.buckets[0] ?? "DAY",
    percentile: PERCENTILES.find((each) => each === search.get("percentile")) ?? "p95",
    mine: search.get("whose") === "mine",
  };
}

/** The address of a view; what is usual is left out. */
export function searchOf({ range, bucket, percentile, mine }: View): string {
  const said = new URLSearchParams();
  if (range !== RANGES[0]) said.set("range", range.value);
  if (bucket !== range.buckets[0]) said.set("bucket", bucket.toLowerCase());
  if (percentile !== "p95") said.set("percentile", percentile);
  if (mine) said.set("whose", "mine");
  return said.size > 0 ? `?${said}` : "";
}

/** The question that a view asks at a moment, with the time just before it to compare with. */
export function questionOf({ range, bucket, mine }: View, now: number): DashboardQueryVariables {
  const end = Math.ceil(now / range.snap) * range.snap;
  const span = (to: number) => ({
    from: new Date(to - range.ms).toISOString(),
    to: new Date(to).toISOString(),
  });
  return { range: span(end), before: span(end - range.ms), bucket, everyone: mine ? false : null };
}

/** The beginnings of all buckets of a range, in milliseconds; the server leaves those without calls out. */
export function startsOf({ range, bucket }: Pick<DashboardQueryVariables, "range" | "bucket">): number[] {
  const size = BUCKET_MS[bucket];
  const first = Math.floor(Date.parse(range.from) / size);
  const last = Math.ceil(Date.parse(range.to) / size);
  return Array.from({ length: last - first }, (_, at) => (first + at) * size);
}

const format = (options: Intl.DateTimeFormatOptions) =>
  perLanguage((language) => new Intl.DateTimeFormat(language, options));

const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = format({ weekday: "short", day: "numeric" });
const moment = format({ dateStyle: "medium", timeStyle: "short" });
// Days begin where the server cuts them.
const day = format({ month: "short", day: "numeric", timeZone: "UTC" });
const longDay = format({ dateStyle: "full", timeZone: "UTC" });

/** What stands below a bucket, and in full beside it. */
export function wordsOf(start: number, { range, bucket }: View): { short: string; long: string } {
  if (bucket === "DAY") return { short: day().format(start), long: longDay().format(start) };
  return { short: (range.ms > 2 * DAY ? weekday() : clock()).format(start), long: moment().format(start) };
}
