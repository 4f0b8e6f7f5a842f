import { t } from "@/messages/accounts";
import { accounts } from "@/messages/en/accounts";

/** What the server's words for a failed sign-in with a provider mean to a person. */
const isKnown = (word: string): word is keyof typeof accounts.trouble =>
  Object.hasOwn(accounts.trouble, word);

/** The sentence for `?trouble=` of an address; null for every other word, so that links cannot speak for us. */
export function troubleOf(search: string): string | null {
  const word = new URLSearchParams(search).get("trouble") ?? "";
  return isKnown(word) ? t(`trouble.${word}`) : null;
}
