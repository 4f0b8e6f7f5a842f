/** Figures in the words of the dashboard. */

import { perLanguage } from "@/lib/language";
import { money } from "@/lib/quantities";

const format = (options: Intl.NumberFormatOptions) =>
  perLanguage((language) => new Intl.NumberFormat(language, options));

const whole = format({ maximumFractionDigits: 0 });
const fine = format({ maximumFractionDigits: 1 });
const short = format({ notation: "compact", maximumFractionDigits: 1 });
const dollars = format({
  style: "currency",
  currency: "USD",
  currencyDisplay: "narrowSymbol",
  notation: "compact",
  minimumFractionDigits: 0,
  maximumFractionDigits: 1,
});

export const count = (value: number): string => (value < 10_000 ? whole() : short()).format(value);

/** “0.4 %”: a rate of errors is often below one. */
export const share = (value: number): string => `${fine().format(value * 100)} %`;

/** An amount with as many digits as its size leaves worth reading. */
export const usd = (value: number): string =>
  (value < 10_000 ? money(String(value)) : null) ?? dollars().format(value);

/** Milliseconds on an axis: “250 ms”, “1.5 s”, “2 min”. */
export function time(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${fine().format(ms / 1_000)} s` : `${fine().format(ms / 60_000)} min`;
}

export const speed = (value: number): string => `${fine().format(value)}/s`;
