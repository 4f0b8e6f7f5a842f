import { expect, test } from "@playwright/test";

import { enter, say } from "./usage";

test("a page is loaded for the first time", async ({ page, baseURL }) => {
  await enter(page, baseURL);
  for (const path of ["/sign-in", "/chat"]) {
    const sizes: number[] = [];
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    const scripts = new Set<string>();
    session.on("Network.responseReceived", ({ requestId, type }) => {
      if (type === "Script") scripts.add(requestId);
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) sizes.push(encodedDataLength / 1024);
    });
    if (path === "/sign-in") await page.context().clearCookies();
    else await enter(page, baseURL);
    await page.goto(path);
    await expect(page.getByRole("textbox").first()).toBeVisible({ timeout: 30_000 });
    await page.waitForLoadState("networkidle");
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    say(`scripts of ${path} until it rests`, `${whole.toFixed(0)} kB in ${sizes.length} files`);
    await session.detach();
  }
});
