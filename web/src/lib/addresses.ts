import { rememberInside } from "./inside";

/** Pages of the application proper; all others are seen without signing in. */
export function isAppPath(pathname: string): boolean {
  return /^\/(chat(\/.*)?|agents|workflows|approvals|library|models|tools|dashboard|settings|playground)\/?$/.test(
    pathname,
  );
}

/** Where to go after signing in: only a page of the application itself, never another site. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/")) return "/chat";
  const url = new URL(next, "http://parley.invalid");
  return url.host === "parley.invalid" && isAppPath(url.pathname)
    ? url.pathname + url.search + url.hash
    : "/chat";
}

/** The sign-in page that leads back to where the person is now. */
export function signInPath({ pathname, search }: Pick<Location, "pathname" | "search">): string {
  const here = pathname + search;
  return here === "/chat" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`;
}

/** Leaves for the sign-in page by a full load, so that nothing of the last viewer stays in memory. */
export function leaveForSignIn(): void {
  if (!isAppPath(window.location.pathname)) return;
  rememberInside(false);
  window.location.replace(signInPath(window.location));
}
