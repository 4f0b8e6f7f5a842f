import { t } from "@/messages/common";

import { perLanguage } from "./language";

const count = perLanguage((language) => new Intl.NumberFormat(language));
const short = perLanguage(
  (language) => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
);
const numbers = perLanguage((language) => {
  const dollars = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
  const digits = (least: number, most = least) => ({
    minimumFractionDigits: least,
    maximumFractionDigits: most,
    useGrouping: false,
  });
  return {
    tenths: new Intl.NumberFormat(language, digits(1)),
    cents: new Intl.NumberFormat(language, { ...dollars, ...digits(2) }),
    fine: new Intl.NumberFormat(language, { ...dollars, ...digits(4) }),
    price: new Intl.NumberFormat(language, { ...dollars, ...digits(2, 4) }),
  };
});

const tenths = (value: number) => numbers().tenths.format(Number(value.toFixed(1)));

/** “850 ms”, “2.4 s”, “3 min 5 s”. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${tenths(ms / 1_000)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** What something cost; null for nothing, which needs no words. */
export function money(usd: string): string | null {
  const value = Number(usd);
  if (!(value > 0)) return null;
  const { cents, fine } = numbers();
  if (value < 0.0001) return `<${fine.format(0.0001)}`;
  return value < 0.01 ? fine.format(Number(value.toFixed(4))) : cents.format(Number(value.toFixed(2)));
}

/** A price per million tokens, with as many digits as it has, but two at least. */
export function price(usd: string): string {
  const value = Number(usd);
  return value === 0 ? t("quantities.free") : numbers().price.format(Number(value.toFixed(4)));
}

/** “128K” tokens of a context window. */
export const tokens = (many: number): string => short().format(many);

/** Tokens a second; whole ones, once there are many. */
export const pace = (perSecond: number): string =>
  t("quantities.pace", {
    pace: perSecond < 10 ? tenths(perSecond) : count().format(Math.round(perSecond)),
  });

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** “469 MB”, “1.1 GB”: decimal, as publishers say it. */
export function bytes(many: number): string {
  const mega = many / 1e6;
  return mega < 1_000 ? `${Math.round(mega)} MB` : `${tenths(mega / 1_000)} GB`;
}

/** “512 B”, “14 kB”, “2.3 MB” of a file. */
export function fileSize(many: number): string {
  if (many < 1_000) return `${many} B`;
  return many < 1e6 ? `${Math.round(many / 1e3)} kB` : `${tenths(many / 1e6)} MB`;
}
