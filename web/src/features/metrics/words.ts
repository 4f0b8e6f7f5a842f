/** Figures in the words of the dashboard. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const count = (value: number): string => (value < 10_000 ? whole : short).format(value);

/** “0.4 %”: a rate of errors is often below one. */
export const share = (value: number): string => `${fine.format(value * 100)} %`;

/** An amount with as many digits as its size leaves worth reading. */
export function usd(value: number): string {
  if (value === 0) return "$0";
  if (value < 0.0001) return "<$0.0001";
  if (value >= 10_000) return `$${short.format(value)}`;
  return `$${value.toFixed(value < 0.01 ? 4 : 2)}`;
}

/** Milliseconds on an axis: “250 ms”, “1.5 s”, “2 min”. */
export function time(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${fine.format(ms / 1_000)} s` : `${fine.format(ms / 60_000)} min`;
}

export const speed = (value: number): string => `${fine.format(value)}/s`;
