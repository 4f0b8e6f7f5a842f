/** Tags in the form in which the server stores them. */

import { t } from "@/messages/tags";

const MOST_TAGS = 10;
const LONGEST_TAG = 40;

export const tagOf = (text: string): string =>
  text.toLowerCase().replace(/^#/, "").split(/\s+/).filter(Boolean).join(" ");

/** What somebody typed, added to the tags that there are: commas part them, each is there once. */
export function withTyped(tags: readonly string[], typed: string): string[] {
  const added = typed.split(",").map(tagOf).filter(Boolean);
  return [...new Set([...tags, ...added])];
}

/** Why a chat cannot have these tags; null when it can. */
export function problemOf(tags: readonly string[]): string | null {
  if (tags.length > MOST_TAGS) return t("tooMany", { most: MOST_TAGS });
  const long = tags.find((tag) => tag.length > LONGEST_TAG);
  return long ? t("tooLong", { tag: long.slice(0, 20), longest: LONGEST_TAG }) : null;
}
