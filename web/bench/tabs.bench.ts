import { expect, type Page, test } from "@playwright/test";

import { enter, noise, say, usage } from "./usage";

const TABS = 20;
const MINUTE = 60_000;

/** What the server does in a minute. */
async function minute(page: Page) {
  const before = await usage();
  await page.waitForTimeout(MINUTE);
  const after = await usage();
  return {
    transactions: after.transactions - before.transactions,
    cpu: after.cpu - before.cpu,
    sockets: after.sockets,
    memory: after.memory / 1e6,
    noise: noise(before, after),
  };
}

test("tabs of one session rest", async ({ page, context, baseURL }) => {
  await enter(page, baseURL);
  await page.goto("about:blank");
  const alone = await minute(page);

  let requests = 0;
  const sent: string[] = [];
  for (let tab = 0; tab < TABS; tab += 1) {
    const opened = await context.newPage();
    opened.on("request", () => {
      requests += 1;
    });
    opened.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => sent.push(JSON.parse(String(payload)).type)),
    );
    await opened.goto("/chat");
    await expect(opened.getByRole("textbox", { name: "Message", exact: true })).toBeVisible({
      timeout: 30_000,
    });
    await opened.waitForLoadState("networkidle");
  }
  await page.waitForTimeout(5_000);
  requests = 0;
  sent.length = 0;
  const resting = await minute(page);

  const kinds = [...new Set(sent)].map((kind) => `${sent.filter((one) => one === kind).length} ${kind}`);
  say(`${TABS} tabs in a minute`, `${requests} requests, frames: ${kinds.join(", ") || "none"}`);
  say("sockets", `${resting.sockets}`);
  say("transactions", `${resting.transactions} with them, ${alone.transactions} without`);
  say("CPU of the server", `${resting.cpu.toFixed(2)} s with them, ${alone.cpu.toFixed(2)} s without`);
  say(
    "memory of the server",
    `${resting.memory.toFixed(0)} MB with them, ${alone.memory.toFixed(0)} MB without`,
  );
  say("noise", `${resting.noise}, and ${alone.noise} without`);
});
