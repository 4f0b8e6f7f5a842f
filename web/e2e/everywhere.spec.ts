import type { Page } from "@playwright/test";

import { chatOf, talk } from "./chats";
import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answers = (page: Page) => page.getByRole("article", { name: "Answer" });
const title = (page: Page) => page.getByRole("heading", { level: 1 });

async function openPalette(page: Page, isMobile: boolean) {
  if (isMobile) {
    await page.getByRole("button", { name: "Open menu" }).click();
    await page.getByRole("button", { name: "Search", exact: true }).click();
  } else {
    await page.keyboard.press("Control+K");
  }
  return page.getByRole("combobox", { name: "Search and commands" });
}

test.beforeEach(async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
});

test("the palette finds a chat, a message far up in it, a page and a command", async ({
  page,
  baseURL,
  isMobile,
}) => {
  const word = `zanzibar${Date.now()}`;
  const texts = talk(240, (index) =>
    index === 7 ? `It lies near ${word}, they say.` : `Line ${index} of many`,
  );
  await chatOf(page, baseURL, `Islands ${word}`, texts);
  await page.goto("/models");
  await expect(title(page)).toHaveText("Models", SLOW);

  const field = await openPalette(page, isMobile);
  await field.fill(`Islands ${word}`);
  await expect(page.getByRole("option", { name: `Islands ${word}`, exact: true })).toBeVisible();
  await field.fill(word);
  await page.getByRole("option", { name: new RegExp(`It lies near ${word}`) }).click();

  await expect(page).toHaveURL(/\/chat\/[^?]+$/);
  await expect(answers(page).filter({ hasText: word })).toBeInViewport(SLOW);

  await (await openPalette(page, isMobile)).fill("high contrast");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveClass(/contrast/);
  await expectAccessible(page);
  await (await openPalette(page, isMobile)).fill("light theme");
  await page.keyboard.press("Enter");
  await (await openPalette(page, isMobile)).fill("library");
  await page.getByRole("option", { name: "Library", exact: true }).click();
  await expect(title(page)).toHaveText("Library");
});

test("on a small screen the page, and the pages with the chats, scroll each for itself", async ({
  page,
  baseURL,
  isMobile,
}) => {
  const name = `Narrow ${Date.now()}`;
  await chatOf(
    page,
    baseURL,
    name,
    talk(2, (index) => `Inch ${index}`),
  );
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 1280, height: 480 });
  await page.goto("/tools");
  await expect(page.getByRole("button", { name: /^Try / }).first()).toBeVisible(SLOW);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(480);
  if (isMobile) await page.getByRole("button", { name: "Open menu" }).click();
  await expect(page.getByRole("button", { name: /^Account: / })).toBeInViewport(SLOW);
  const chat = page.getByRole("link", { name });
  await chat.scrollIntoViewIfNeeded();
  await expect(chat).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("link", { name: "New chat" }).last()).toBeInViewport({ ratio: 1 });
});

test("a lost connection is said, and so is that it is back", async ({ page, context, isMobile }) => {
  await page.goto("/library");
  await expect(title(page)).toHaveText("Library", SLOW);
  await context.setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await expectAccessible(page);
  // What has not been loaded yet comes when it can, and the page stays until then.
  if (isMobile) await page.getByRole("button", { name: "Open menu" }).click();
  else await page.keyboard.press("Control+K");
  await expect(title(page)).toHaveText("Library");
  await context.setOffline(false);
  await expect(page.getByText("You are offline.")).toBeHidden();
  await expect(page.getByRole("dialog")).toBeVisible(SLOW);
});

test("it can be installed", async ({ page }) => {
  await page.goto("/chat");
  const address = await page.locator("link[rel=manifest]").getAttribute("href");
  const manifest = await (await page.request.get(address ?? "")).json();
  expect(manifest).toMatchObject({ name: "Parley", start_url: "/chat", display: "standalone" });
  for (const { src } of manifest.icons)
    expect((await page.request.get(src)).headers()["content-type"]).toBe("image/png");
});

test("the keys are on one sheet, on every page", async ({ page, isMobile }) => {
  test.skip(isMobile, "phones have no keyboard shortcuts");
  await page.goto("/library");
  await expect(title(page)).toHaveText("Library", SLOW);
  await page.keyboard.press("Control+/");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("Search and commands");
  await expect(sheet).not.toContainText("Stop the answer");
  await page.keyboard.press("Escape");
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
  await page.keyboard.press("Control+/");
  await expect(sheet).toContainText("Stop the answer");
});

test("every operation of the client goes by its id, over HTTP and over the socket", async ({
  page,
  baseURL,
}) => {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/graphql") sent.push(request.postData() ?? "");
  });
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes('"subscribe"'))
        sent.push(JSON.stringify(JSON.parse(String(payload)).payload));
    }),
  );
  const documents = (await (await page.request.get("/documents.json")).json()) as Record<string, string>;
  const chat = await chatOf(
    page,
    baseURL,
    "By id",
    talk(2, (index) => `Line ${index}`),
  );
  for (const path of [
    chat,
    "/agents",
    "/workflows",
    "/models",
    "/tools",
    "/library",
    "/dashboard",
    "/settings",
  ]) {
    await page.goto(path);
    await expect(title(page)).toBeVisible(SLOW);
    await page.waitForLoadState("networkidle");
  }
  await page.goto(chat);
  await composer(page).fill("And now by its id");
  await page.keyboard.press("Enter");
  await expect(answers(page)).toHaveCount(2, SLOW);
  await expect.poll(() => sent.filter((body) => body.includes("runId")).length, SLOW).toBeGreaterThan(0);

  const asked = sent.map((body) => JSON.parse(body));
  expect(asked.filter(({ query }) => query !== undefined)).toEqual([]);
  const ids = asked.map((one) => one.documentId ?? one.extensions?.persistedQuery?.sha256Hash);
  expect(ids.filter((named) => documents[named] === undefined)).toEqual([]);
  expect(new Set(ids).size).toBeGreaterThan(10);
});

test("a tab that the server has other documents than sends texts", async ({ page }) => {
  let refused = 0;
  await page.route("/graphql", async (route) => {
    const body = route.request().postDataJSON();
    if (body.query !== undefined) return route.continue();
    refused += 1;
    body.extensions.persistedQuery.sha256Hash = "0".repeat(64);
    await route.continue({ postData: JSON.stringify(body) });
  });
  await page.goto("/models");
  await expect(page.getByRole("heading", { name: /^scripted/ })).toBeVisible(SLOW);
  expect(refused).toBeGreaterThan(0);
});

test("a tab that rests asks for nothing, and only tells that it is there", async ({ page }) => {
  await page.clock.install();
  const sockets: string[] = [];
  const frames: string[] = [];
  let pongs = 0;
  page.on("websocket", (socket) => {
    sockets.push(socket.url());
    socket.on("framesent", ({ payload }) => frames.push(JSON.parse(String(payload)).type));
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).includes('"pong"')) pongs += 1;
    });
  });
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
  await page.clock.runFor(1_000);
  await page.waitForLoadState("networkidle");
  await expect.poll(() => frames, SLOW).toContain("subscribe");
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  frames.length = 0;
  for (let beat = 1; beat <= 5; beat += 1) {
    await page.clock.runFor(12_000);
    await expect.poll(() => pongs, SLOW).toBe(beat);
  }
  expect(requests).toEqual([]);
  expect(frames).toEqual(Array(5).fill("ping"));
  expect(sockets).toHaveLength(1);
});
