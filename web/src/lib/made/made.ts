/** What all things that people make, copy and share have in common, and what is said of it. */

import type { CombinedError } from "urql";

import { t } from "@/messages/pieces";

import { formatRelative } from "../dates";
import { codeOf, messageOf } from "../errors";

/** As a list has it. */
export type Made = {
  id: string;
  name: string;
  description: string;
  shared: boolean;
  editable: boolean;
  /** Only what comes with Parley has one. */
  slug?: string | null;
};
export type MadeDetails = Made & { version: number; updatedAt: string };

export type Group<Thing> = { title: string; things: readonly Thing[] };

/** One's own first, then what others share, then what is always there. */
export function grouped<Thing extends Made>(things: readonly Thing[]): Group<Thing>[] {
  return [
    { title: t("made.groups.own"), things: things.filter(({ editable }) => editable) },
    { title: t("made.groups.shared"), things: things.filter(({ editable, slug }) => !editable && !slug) },
    { title: t("made.groups.builtIn"), things: things.filter(({ slug }) => slug) },
  ];
}

/** Whose it is, and what can be done about that. */
export function standingOf({ editable, slug, version, updatedAt }: MadeDetails): string {
  if (slug) return t("made.standing.builtIn");
  if (!editable) return t("made.standing.shared");
  return t("made.standing.own", { version: String(version), changed: formatRelative(updatedAt) });
}

/** A copy's name, which fits into the most that a name may have. */
export const nameOfCopy = (name: string): string => t("made.copyOf", { name }).slice(0, 100);

/** Why it was not saved. */
export const complaintOf = (error: CombinedError): string =>
  codeOf(error) === "CONFLICT" ? t("made.conflict", { message: messageOf(error) }) : messageOf(error);
