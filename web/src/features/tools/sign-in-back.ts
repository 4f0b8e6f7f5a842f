/** What an authorization server has put into the address that a browser comes back to. */

export type Brought = { state: string; code: string; issuer: string | null };

/** What stands in a query; null when that is no permission. */
export function broughtBack(search: string): Brought | null {
  const said = new URLSearchParams(search);
  const state = said.get("state");
  const code = said.get("code");
  return state && code && !said.has("error") ? { state, code, issuer: said.get("iss") } : null;
}
