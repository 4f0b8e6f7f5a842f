// Lighthouse's scores of pages, of 100: `node lighthouse.mjs CHROMIUM URL EMAIL PASSWORD desktop|mobile all|steady`
// prints one JSON object. What is steady does not depend on how busy the machine is. What costs points goes to the
// error stream.
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const [executablePath, url, email, password, form, wanted] = process.argv.slice(2);
const onlyCategories = ["accessibility", "best-practices", ...(wanted === "all" ? ["performance"] : [])];
const SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }";

async function signIn(page) {
  await page.goto(`${url}/sign-in`);
  const body = JSON.stringify({ query: SIGN_IN, variables: { input: { email, password } } });
  const refused = await page.evaluate(async (asked) => {
    const headers = { "content-type": "application/json" };
    return (await (await fetch("/graphql", { method: "POST", headers, body: asked })).json()).errors;
  }, body);
  if (refused) throw new Error(JSON.stringify(refused));
}

function complain(path, { categories, audits }) {
  for (const { id, weight } of Object.values(categories).flatMap(({ auditRefs }) => auditRefs)) {
    const { title, score, displayValue = "", details } = audits[id];
    if (weight === 0 || score === null || score === 1) continue;
    console.error(path, title, displayValue, JSON.stringify(details?.items?.slice(0, 3) ?? ""));
  }
}

/** The scores of a page in a context of its own, so that nothing of another one is in its cache. */
async function scoresOf(browser, path, prepare) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await prepare(page);
  const config = form === "desktop" ? desktopConfig : undefined;
  const { lhr } = await lighthouse(`${url}${path}`, { logLevel: "error", onlyCategories }, config, page);
  await context.close();
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  if (new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}`);
  complain(path, lhr);
  const scores = Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(100 * score)]);
  return Object.fromEntries(scores);
}

const args = ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
const browser = await puppeteer.launch({ executablePath, args });
try {
  const scores = {
    "/sign-in": await scoresOf(browser, "/sign-in", async () => {}),
    "/chat": await scoresOf(browser, "/chat", signIn),
  };
  console.log(JSON.stringify(scores));
} finally {
  await browser.close();
}
