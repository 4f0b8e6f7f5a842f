import { decodeEntities } from "./entities";

/** The base of relative addresses; the value is irrelevant where there is no window. */
const here = () => (typeof window === "undefined" ? "http://localhost/" : window.location.href);

function parse(address: string): URL | undefined {
  try {
    return new URL(decodeEntities(address).trim(), here());
  } catch {
    return undefined;
  }
}

/** An address a person may follow from an answer: http(s) and mailto written out, or a path of this site. */
export function safeLink(address: string): string | undefined {
  const written = decodeEntities(address).trim();
  const url = parse(address);
  if (!url) return undefined;
  // `//host` and `\\host` look like a path and leave the site.
  const relative = !/^[a-z][a-z0-9+.-]*:/i.test(written);
  if (relative) return url.origin === new URL(here()).origin ? written : undefined;
  if (url.protocol === "mailto:") return url.href;
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}

/** Does following it leave this site? */
export function isForeign(address: string): boolean {
  const url = parse(address);
  return !url || url.origin !== new URL(here()).origin;
}

/** An image's address with where it is, or nothing when the address is not one that may be shown at all. */
export function safeImage(address: string): { href: string; host: string; foreign: boolean } | undefined {
  const url = parse(address);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return { href: url.href, host: url.host, foreign: isForeign(address) };
}
