import { type CDPSession, expect, type Page, test } from "@playwright/test";

import { chatOf, talk } from "../e2e/chats";
import { enter, noise, quantile, say, usage } from "./usage";

const CHATS = 5;
const MESSAGES = 2_000;

const textOf = (chat: number) => (index: number) =>
  index % 2 === 0
    ? `Question ${index} of chat ${chat}: what did we say about the bridge, and why?`
    : `Answer ${index} of chat ${chat}. **In short**: it stands.\n\n- One pier is in the river.\n- The other is not.\n\n${"Whoever builds there asks first how the bed will look in fifty years. ".repeat(6)}${
        index % 10 === 1 ? "\n\n```python\nfor pier in piers:\n    print(pier.depth)\n```" : ""
      }`;

async function heap(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
}

/** Milliseconds from the press of a link until the last message is on the screen. */
const opening = (page: Page, path: string, words: string) =>
  page.evaluate(
    ([href, last]) =>
      new Promise<number>((resolve) => {
        const link = document.querySelector<HTMLAnchorElement>(`nav a[href="${href}"]`);
        const shown = () =>
          [...document.querySelectorAll("article")].some((article) => {
            const { top, bottom } = article.getBoundingClientRect();
            return article.textContent?.includes(last ?? "") && top < innerHeight && bottom > 0;
          });
        const began = performance.now();
        link?.click();
        const look = () => {
          // What this frame shows is on the screen when the next one begins.
          if (shown()) requestAnimationFrame(() => resolve(performance.now() - began));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    [path, words],
  );

test("a chat of many messages is opened", async ({ page, baseURL }) => {
  await enter(page, baseURL);
  await page.goto("/chat");
  const paths: string[] = [];
  for (let chat = 0; chat < CHATS; chat += 1)
    paths.push(await chatOf(page, baseURL, `Bridge ${Date.now()}`, talk(MESSAGES, textOf(chat))));
  const session = await page.context().newCDPSession(page);

  await page.reload();
  for (const path of paths) await expect(page.locator(`nav a[href="${path}"]`)).toBeVisible();
  await page.waitForLoadState("networkidle");
  const before = await usage();
  const times: number[] = [];
  for (const [chat, path] of paths.entries())
    times.push(await opening(page, path, `Answer ${MESSAGES - 1} of chat ${chat}.`));
  const heaps = [await heap(session)];
  const again = await opening(page, paths[0] ?? "", `Answer ${MESSAGES - 1} of chat 0.`);

  const from = Date.now();
  await page.goto(paths[1] ?? "");
  await expect(page.getByText(`Answer ${MESSAGES - 1} of chat 1.`)).toBeInViewport({ timeout: 30_000 });
  const cold = Date.now() - from;

  // All of it, up to the first message.
  const log = page.getByRole("log", { name: "Conversation" });
  await expect(async () => {
    await log.evaluate((element) => element.scrollTo({ top: 0 }));
    await expect(page.getByText("Question 0 of chat 1:")).toBeInViewport({ timeout: 200 });
  }).toPass({ timeout: 120_000, intervals: [100] });
  heaps.push(await heap(session));

  say(
    `opening ${MESSAGES} messages from the list`,
    `${times.map((time) => time.toFixed(0)).join(", ")} ms, median ${quantile(times, 0.5).toFixed(0)}; again ${again.toFixed(0)} ms`,
  );
  say("opening by its address, the page itself included", `${cold} ms`);
  say(
    "heap",
    `${heaps[0]?.toFixed(0)} MB with ${CHATS} of them, ${heaps[1]?.toFixed(0)} MB with all of one in the tab`,
  );
  say("noise", noise(before, await usage()));
});
