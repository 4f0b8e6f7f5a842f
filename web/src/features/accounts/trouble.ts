/** What the server's words for a failed sign-in with a provider mean to a person. */
const SENTENCES: Record<string, string> = {
  busy: "The server has too much to do just now. Try again in a moment.",
  closed: "You have no account here yet. Ask the person who runs this server to invite you.",
  disabled: "Your account is disabled. Ask the person who runs this server.",
  refused: "You were not let in there.",
  stale: "That took too long, or was begun in another browser. Try again.",
  taken: "The account with your address belongs to somebody else there. Ask the person who runs this server.",
  unconfirmed: "It was not confirmed who you are. Try again.",
  unreachable: "The other service cannot be reached just now. Try again in a moment.",
  unverified: "The other service has not verified your e-mail address.",
};

/** The sentence for `?trouble=` of an address; null for every other word, so that links cannot speak for us. */
export function troubleOf(search: string): string | null {
  const word = new URLSearchParams(search).get("trouble") ?? "";
  return Object.hasOwn(SENTENCES, word) ? (SENTENCES[word] ?? null) : null;
}
