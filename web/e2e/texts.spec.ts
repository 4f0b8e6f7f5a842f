import type { Page, Request } from "@playwright/test";

import HOSTILE from "../src/lib/markdown/hostile.json" with { type: "json" };
import { chatOf, type Said, talk } from "./chats";
import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const answers = (page: Page) => page.getByRole("article", { name: "Answer" });

/** Every request that is not for a file of the client itself; `foreign` are those to other hosts. */
function watchNetwork(page: Page) {
  const asked: string[] = [];
  const foreign: string[] = [];
  page.on("request", (request: Request) => {
    const url = new URL(request.url());
    if (url.protocol === "blob:" || url.protocol === "data:") return;
    const own = url.host === new URL(page.url() === "about:blank" ? request.url() : page.url()).host;
    if (!own) foreign.push(request.url());
    if (["fetch", "xhr", "eventsource", "ping"].includes(request.resourceType())) {
      // A page's own text, which Next fetches when its link comes into view.
      if (!url.searchParams.has("_rsc")) asked.push(url.pathname);
    }
  });
  page.on("websocket", (socket) => asked.push(new URL(socket.url()).pathname));
  return { asked, foreign };
}

/** What the browser's policy had to forbid. */
async function watchPolicy(page: Page) {
  const broken: string[] = [];
  await page.exposeFunction("policyBroken", (what: string) => broken.push(what));
  await page.addInitScript(() => {
    document.addEventListener(
      "securitypolicyviolation",
      ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        const report = Reflect.get(window, "policyBroken") as (what: string) => void;
        report(`${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
      },
    );
  });
  return broken;
}

test("hostile text runs nowhere, asks nobody and breaks no policy", async ({ page, baseURL, browser }) => {
  await signedIn(page, baseURL);
  test.setTimeout(120_000);
  const broken = await watchPolicy(page);
  const network = watchNetwork(page);
  const reasoning = HOSTILE.map((text) => ({ type: "reasoning", text }));
  const calls = HOSTILE.slice(0, 40).map((text, index) => ({
    type: "tool_call",
    data: {
      id: `c${index}`,
      name: text.slice(0, 60),
      arguments: { text },
      output: text,
      error: index % 2 ? text : null,
    },
  }));
  // Each one is said by the person, and then by the model.
  const said = talk(HOSTILE.length * 2, (index) => HOSTILE[Math.floor(index / 2)] ?? "");
  const last = said.at(-1) as Said;
  last.parts = [...reasoning, ...calls, { type: "text", text: last.content }];
  const name = `${HOSTILE[0]} ${HOSTILE[20]} ${Date.now()}`;
  const path = await chatOf(page, baseURL, name, said);

  await page.goto(path);
  await expect(answers(page).last().locator(".markdown").first()).toBeVisible(SLOW);
  const folds = answers(page).last().locator("button[aria-expanded=false]:not([aria-haspopup])");
  await folds.evaluateAll((buttons) => {
    for (const button of buttons) (button as HTMLElement).click();
  });
  const conversation = page.getByRole("log");
  for (let above = 1; above > 0; ) {
    await conversation.evaluate((element) => element.scrollBy(0, -element.clientHeight));
    await page.evaluate(
      () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
    );
    above = await conversation.evaluate((element) => element.scrollTop);
  }
  await page.goto("/library?q=script");
  await expect(page.locator("mark").first()).toBeVisible(SLOW);
  await page.goto(path);
  await page.getByRole("button", { name: "Chat actions" }).click(SLOW);
  await page.getByRole("menuitem", { name: "Share…" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();

  const stranger = await (await browser.newContext({ baseURL })).newPage();
  const theirs = await watchPolicy(stranger);
  const theirNetwork = watchNetwork(stranger);
  await stranger.goto(link);
  const more = stranger.getByRole("button", { name: "Show more" });
  const theirAnswers = stranger.getByRole("article", { name: "Answer" });
  for (let shown = 50; shown < HOSTILE.length; shown += 50) {
    await expect(theirAnswers).toHaveCount(shown, SLOW);
    await more.click();
  }
  await expect(theirAnswers).toHaveCount(HOSTILE.length, SLOW);
  await stranger.evaluate(async () => {
    for (const article of document.querySelectorAll("article")) {
      article.scrollIntoView();
      await new Promise(requestAnimationFrame);
    }
  });

  for (const each of [page, stranger])
    expect(await each.evaluate(() => Reflect.get(window, "pwned"))).toBeUndefined();
  expect([...broken, ...theirs]).toEqual([]);
  expect([...network.foreign, ...theirNetwork.foreign]).toEqual([]);
  for (const asked of [network.asked, theirNetwork.asked]) {
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(new Set(["/graphql"]));
  }
  await stranger.context().close();
});

test("formulas are set, diagrams are drawn, and code can be wrapped and saved", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  const content =
    "So $x^2$ and\n\n$$\\frac{a}{b}$$\n\n```mermaid\ngraph TD\nA[Begin] --> B[End]\n```\n\n```python\nprint(1)\n```";
  const path = await chatOf(
    page,
    baseURL,
    `Figures ${Date.now()}`,
    talk(2, (index) => (index ? content : "Draw")),
  );
  await page.goto(path);
  await expect(answers(page).locator(".katex").first()).toBeVisible(SLOW);
  const drawing = page.getByRole("figure", { name: "Diagram" }).getByRole("img");
  await expect(drawing).toBeVisible(SLOW);
  expect(await drawing.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  const code = page.getByRole("figure", { name: "Code, python" });
  await code.getByRole("button", { name: "Wrap long lines" }).click();
  await expect(code.getByRole("button", { name: "Wrap long lines" })).toHaveAttribute("aria-pressed", "true");
  const saved = page.waitForEvent("download");
  await code.getByRole("button", { name: "Download code" }).click();
  expect((await saved).suggestedFilename()).toBe("code.py");
  await expectAccessible(page);
});
