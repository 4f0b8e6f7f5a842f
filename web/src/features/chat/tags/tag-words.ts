/** Tags in the form in which the server stores them. */

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
  if (tags.length > MOST_TAGS) return `A chat may have ${MOST_TAGS} tags.`;
  const long = tags.find((tag) => tag.length > LONGEST_TAG);
  return long ? `“${long.slice(0, 20)}…” is too long: a tag may have ${LONGEST_TAG} characters.` : null;
}
