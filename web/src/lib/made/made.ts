/** What all things that people make, copy and share have in common, and what is said of it. */

import type { CombinedError } from "urql";

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
    { title: "Yours", things: things.filter(({ editable }) => editable) },
    { title: "Shared with you", things: things.filter(({ editable, slug }) => !editable && !slug) },
    { title: "Come with Parley", things: things.filter(({ slug }) => slug) },
  ];
}

/** Whose it is, and what can be done about that. */
export function standingOf({ editable, slug, version, updatedAt }: MadeDetails): string {
  if (slug) return "It comes with Parley. Duplicate it to make one that you can change.";
  if (!editable) return "It is shared with you. Duplicate it to make one that you can change.";
  return `Version ${version}, changed ${formatRelative(updatedAt)}. Answers at work keep the version they began with.`;
}

/** A copy's name, which fits into the most that a name may have. */
export const nameOfCopy = (name: string): string => `Copy of ${name}`.slice(0, 100);

/** Why it was not saved. */
export const complaintOf = (error: CombinedError): string =>
  codeOf(error) === "CONFLICT"
    ? `${messageOf(error)} Reload the page to see what changed.`
    : messageOf(error);
