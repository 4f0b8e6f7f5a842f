import type { BrowserContext, Page } from "@playwright/test";

import { chatOf, talk } from "./chats";
import {
  answers,
  ask,
  composer,
  enter,
  finished,
  pick,
  questions,
  send,
  someText,
  stop,
} from "./conversation";
import { expect, test } from "./hands";
import { expectAccessible, SLOW, watchFrames } from "./shared";

async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

test.beforeEach(async ({ page, baseURL }) => {
  await enter(page, baseURL);
  await pick(page, "scripted");
});

test("an answer arrives piece by piece", async ({ page }) => {
  await ask(page, "Tell me about rivers");
  await expect(page).toHaveURL(/\/chat\/.+/);
  const early = (await someText(page)).length;
  await expect.poll(async () => (await someText(page)).length, SLOW).toBeGreaterThan(early);
  await finished(page);
  await expect(composer(page)).toBeEmpty();
  await expect(answers(page).last()).toContainText(/\d+ tokens?/);
});

test("a reload and a second tab in mid-answer show the same answer, whole and live", async ({
  page,
  context,
}) => {
  await ask(page, "Tell me about lakes");
  await someText(page);
  const second = await open(context, page.url());
  await page.reload();
  await Promise.all([someText(page), someText(second)]);
  await Promise.all([finished(page), finished(second)]);
  const texts = await Promise.all(
    [page, second].map((tab) => answers(tab).last().locator(".markdown").textContent()),
  );
  expect(texts[0]).toBeTruthy();
  expect(texts[0]).toBe(texts[1]);
});

test("stop keeps what was written", async ({ page }) => {
  await ask(page, "Tell me about seas");
  await someText(page);
  await stop(page).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible(SLOW);
  const kept = await someText(page);
  await page.reload();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible(SLOW);
  expect(await someText(page)).toBe(kept);
  await expect(send(page)).toBeVisible();
});

test("the chosen model stays chosen", async ({ page }) => {
  await page.reload();
  await expect(page.getByRole("button", { name: /^Model: scripted/ })).toBeVisible(SLOW);
  await pick(page, "Auto");
});

test("a menu that has just closed opens again at the next press", async ({ page }) => {
  await page.addStyleTag({ content: "* { animation-duration: 3s !important }" });
  await pick(page, "Auto");
  await pick(page, "scripted");
});

test("a model that cannot be reached says so; retry with another one answers", async ({ page }) => {
  await pick(page, "dead");
  await ask(page, "Is anybody there?");
  const alert = page.getByRole("alert").filter({ hasText: "cannot be reached" });
  await expect(alert).toBeVisible(SLOW);
  await pick(page, "scripted");
  await alert.getByRole("button", { name: "Retry" }).click();
  await someText(page);
  await finished(page);
  await expect(alert).toBeHidden();
});

test("a message sent during an answer waits its turn and can be taken back", async ({ page }) => {
  await ask(page, "Tell me about storms");
  await someText(page);
  await ask(page, "And about calm weather?");
  await expect(page.getByText("Queued", { exact: true })).toBeVisible(SLOW);
  await page.getByRole("button", { name: "Withdraw message", exact: true }).click();
  await expect(page.getByText("Queued", { exact: true })).toBeHidden(SLOW);
  await expect(stop(page)).toBeHidden(SLOW);
});

test("the keyboard is enough", async ({ page, isMobile }) => {
  test.skip(isMobile, "phones have no keyboard shortcuts");
  await ask(page, "Tell me about birds");
  await finished(page);
  await page.keyboard.press("Control+/");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await composer(page).blur();
  await page.keyboard.press("Shift+Escape");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("textbox", { name: "Edit message" })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+O");
  await expect(page).toHaveURL(/\/chat$/);
});

test("a draft outlives a reload", async ({ page }) => {
  await composer(page).fill("half a thought");
  await page.reload();
  await expect(composer(page)).toHaveValue("half a thought");
  await composer(page).fill("");
});

test("the page of a chat never shows an empty one, and a new chat is there again after it", async ({
  page,
}) => {
  await expect(page.getByText("What would you like to know?")).toBeVisible();
  await ask(page, "Tell me about ponds");
  await finished(page);

  const seen = await watchFrames(page);
  await page.reload();
  await expect(answers(page)).toHaveCount(1, SLOW);
  expect(await seen()).toContain("Tell me about ponds");
  expect(await seen()).not.toMatch(/What would you like to know|Explain something/);

  await page.keyboard.press("Control+Shift+O");
  await expect(page.getByRole("button", { name: /^Explain something/ })).toBeVisible();
  await expect(page.getByText("What would you like to know?")).toBeVisible();
});

test("a deleted chat comes back with undo", async ({ page, isMobile, hands }) => {
  test.skip(isMobile, "the list lives in a drawer there");
  const name = `Chat ${Date.now()}`;
  await ask(page, "Tell me about paper");
  await finished(page);
  const entry = page.getByRole("navigation", { name: "Chats" }).locator("a[aria-current=page]");
  if (hands === "pointer") await entry.dblclick();
  else {
    await page
      .getByRole("navigation", { name: "Chats" })
      .getByRole("listitem")
      .filter({ has: page.locator("a[aria-current=page]") })
      .getByRole("button", { name: /^Actions for/ })
      .click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
  }
  await page.getByRole("textbox", { name: "Chat title" }).fill(name);
  await page.getByRole("textbox", { name: "Chat title" }).press("Enter");
  const renamed = page.getByRole("link", { name });
  await expect(renamed).toBeVisible();
  await renamed.hover();
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(renamed).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(renamed).toBeVisible();
});

test("what is typed and sent before the first message has made the chat is in that chat", async ({
  page,
}) => {
  const holds: (() => void)[] = [];
  await page.route("/graphql", async (route) => {
    if (route.request().postDataJSON()?.operationName === "SendMessage")
      await new Promise<void>((resolve) => holds.push(resolve));
    await route.continue();
  });
  await ask(page, "Tell me about lakes");
  await ask(page, "Tell me about ponds");
  await page.keyboard.insertText("And what of");
  await expect.poll(() => holds.length).toBe(1);
  holds[0]?.();
  await expect(page).toHaveURL(/\/chat\/.+/);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.insertText(" swamps?");
  await expect(composer(page)).toHaveValue("And what of swamps?");
  await expect.poll(() => holds.length).toBe(2);
  holds[1]?.();
  await expect(answers(page)).toHaveCount(2);
  await finished(page);
  await page.keyboard.press("Control+Shift+O");
  await expect(page).toHaveURL(/\/chat$/);
  await expect(questions(page)).toHaveCount(0);
  await expect(composer(page)).toHaveValue("");
  await page.goBack();
  await expect(composer(page)).toHaveValue("And what of swamps?");
  await page.reload();
  await expect(composer(page)).toHaveValue("And what of swamps?", SLOW);
  await expect(questions(page).last()).toContainText("Tell me about ponds", SLOW);
});

test("a long answer rests where it is out of sight, at the height that it has", async ({ page, baseURL }) => {
  const parts = Array.from({ length: 120 }, (_, index) =>
    index % 4 === 0
      ? `## Part ${index}`
      : `Bridge ${index}: ${"Whoever builds there asks first. ".repeat(3 + (index % 7))}`,
  );
  const said = talk(2, (index) => (index === 0 ? "Write" : parts.join("\n\n")));
  await page.goto(await chatOf(page, baseURL, `Bridges ${Date.now()}`, said));
  const answer = answers(page).last();
  await expect(answer).toContainText("Bridge 119:", SLOW);

  /** Whether most of it rests, and how much higher it is when none of it does. */
  const state = () =>
    answer.evaluate((article) => {
      const groups = [...article.querySelectorAll<HTMLElement>(".markdown > *")];
      const resting = groups.filter((group) => getComputedStyle(group).contentVisibility === "auto").length;
      const height = article.getBoundingClientRect().height;
      for (const group of groups) group.style.contentVisibility = "visible";
      const hidden = Math.round(article.getBoundingClientRect().height - height);
      for (const group of groups) group.style.contentVisibility = "";
      return { resting: resting > 4, hidden };
    });
  await expect.poll(state, SLOW).toEqual({ resting: true, hidden: 0 });
  const before = (await answer.boundingBox())?.height ?? 0;
  await page.setViewportSize({ width: 330, height: 800 });
  await expect.poll(state, SLOW).toEqual({ resting: true, hidden: 0 });
  expect((await answer.boundingBox())?.height).toBeGreaterThan(before);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing an accessibility check would report, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.reload();
    await expect(composer(page)).toBeVisible(SLOW);
    await expectAccessible(page);
    await ask(page, "Tell me about glass");
    await finished(page);
    await expectAccessible(page);
  });
}
