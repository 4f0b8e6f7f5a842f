const count = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** “850 ms”, “2.4 s”, “3 min 5 s”. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${(ms / 1_000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** What something cost; null for nothing, which needs no words. */
export function money(usd: string): string | null {
  const value = Number(usd);
  if (!(value > 0)) return null;
  return value < 0.0001 ? "<$0.0001" : `$${value.toFixed(value < 0.01 ? 4 : 2)}`;
}

/** A price per million tokens, with as many digits as it has, but two at least. */
export function price(usd: string): string {
  const value = Number(usd);
  const digits = value.toFixed(4).replace(/0{1,2}$/, "");
  return value === 0 ? "free" : `$${digits}`;
}

/** “128K” tokens of a context window. */
export const tokens = (many: number): string => short.format(many);

/** Tokens a second; whole ones, once there are many. */
export const pace = (perSecond: number): string =>
  `${perSecond < 10 ? perSecond.toFixed(1) : count.format(Math.round(perSecond))} tok/s`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** “469 MB”, “1.1 GB”: decimal, as publishers say it. */
export function bytes(many: number): string {
  const mega = many / 1e6;
  return mega < 1_000 ? `${Math.round(mega)} MB` : `${(mega / 1_000).toFixed(1)} GB`;
}

/** “512 B”, “14 kB”, “2.3 MB” of a file. */
export function fileSize(many: number): string {
  if (many < 1_000) return `${many} B`;
  return many < 1e6 ? `${Math.round(many / 1e3)} kB` : `${(many / 1e6).toFixed(1)} MB`;
}
