import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The account that all journeys share: the first to come makes it, later ones sign in. */
export const ACCOUNT = {
  name: "Ada Lovelace",
  email: "ada@example.org",
  password: "correct horse battery staple",
};
export const SLOW = { timeout: 30_000 };

export type Person = typeof ACCOUNT;

/** Makes sure that an account exists, over the API, and leaves the browser signed in to it. */
export async function signedIn(page: Page, baseURL: string | undefined, person: Person = ACCOUNT) {
  const ask = async (operation: string, input: object) => {
    const query = `mutation ($input: ${operation}Input!) {
      ${operation.charAt(0).toLowerCase()}${operation.slice(1)}(input: $input) { viewer { id } }
    }`;
    const data = { query, variables: { input } };
    const response = await page.request.post("/graphql", { data, headers: { origin: baseURL ?? "" } });
    return (await response.json()) as { errors?: unknown[] };
  };
  const { email, password: secret } = person;
  if ((await ask("SignIn", { email, password: secret })).errors) {
    expect((await ask("SignUp", person)).errors).toBeUndefined();
  }
}

/** A new page's contents have faded in before colours are judged. */
async function settled(page: Page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
  });
}

/** Nothing that axe would report about the page as it is; `adjust` may leave parts out. */
export async function expectAccessible(page: Page, adjust = (axe: AxeBuilder) => axe) {
  await settled(page);
  // Otherwise it opens another tab, and then Chromium moves the focus of somebody who has walked backwards round the
  // end of a page to its first element. We have no frames, all that this mode would miss.
  const { violations } = await adjust(new AxeBuilder({ page }).setLegacyMode()).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

/** From the next page on, all that is to be seen of it in any of its frames. */
export async function watchFrames(page: Page) {
  await page.addInitScript(() => {
    const seen = new Set<string>();
    Reflect.set(window, "seen", seen);
    const look = () => {
      // biome-ignore lint/performance/useDomNodeTextContent: only what is to be seen counts
      if (document.body) seen.add(document.body.innerText);
      requestAnimationFrame(look);
    };
    look();
  });
  return async () => page.evaluate(() => [...(Reflect.get(window, "seen") as Set<string>)].join("\n"));
}
