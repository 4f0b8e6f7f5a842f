import { t } from "@/messages/common";

import { perLanguage } from "./language";

const dateTime = perLanguage(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
);
const date = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
const relative = perLanguage((language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));

const MINUTE = 60_000;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];

export const formatDateTime = (at: string): string => dateTime().format(new Date(at));

export const formatDate = (at: string): string => date().format(new Date(at));

/** “5 minutes ago”, “in 3 days”; beyond a month the date itself. */
export function formatRelative(at: string, now = Date.now()): string {
  const distance = Date.parse(at) - now;
  if (Math.abs(distance) > 30 * 24 * 60 * MINUTE) return formatDate(at);
  for (const [unit, length] of UNITS) {
    if (Math.abs(distance) >= length) return relative().format(Math.trunc(distance / length), unit);
  }
  return distance > 0 ? t("dates.soon") : t("dates.now");
}
