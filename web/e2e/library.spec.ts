import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

import { chatOf, talk } from "./chats";
import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const answers = (page: Page) => page.getByRole("article", { name: "Answer" });
const title = (page: Page) => page.getByRole("heading", { level: 1 });

test.beforeEach(async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
});

test("the library searches, and leads to a message on a branch that is not shown", async ({
  page,
  baseURL,
}) => {
  const word = `saffron${Date.now()}`;
  await chatOf(page, baseURL, `Spices ${word}`, [
    { id: "q", parentId: null, role: "user", content: "Which spice?" },
    { id: "a", parentId: "q", role: "assistant", content: `The old answer was ${word}.` },
    { id: "b", parentId: "q", role: "assistant", content: "The new answer is cumin." },
  ]);
  await page.goto("/library");
  await page.getByRole("searchbox", { name: "Search all messages" }).fill(word);
  const hit = page.getByRole("link", { name: new RegExp(`old answer was ${word}`) });
  await expect(hit).toBeVisible(SLOW);
  await expect(page).toHaveURL(new RegExp(`q=${word}`));
  await expect(page.locator("mark")).toHaveText(word);
  await expectAccessible(page);
  await hit.click();
  await expect(answers(page)).toContainText(word, SLOW);
  await expect(answers(page)).toHaveCount(1);

  await answers(page).getByRole("button", { name: "Compare answers" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare answers" });
  await expect(dialog).toContainText("cumin");
  await expect(dialog).toContainText(word);
  await expectAccessible(page);
  await dialog
    .getByRole("region", { name: /answer$/ })
    .filter({ hasText: "cumin" })
    .getByRole("button", { name: "Go on with this one" })
    .click();
  await expect(answers(page)).toContainText("cumin");
});

test("a chat is shared, read by somebody without an account, and the link ends", async ({
  page,
  baseURL,
  browser,
}) => {
  const name = `Open secret ${Date.now()}`;
  await page.goto(
    await chatOf(
      page,
      baseURL,
      name,
      talk(2, (index) => `Shared line ${index} with **bold**`),
    ),
  );
  await page.getByRole("button", { name: "Chat actions" }).click(SLOW);
  await page.getByRole("menuitem", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: `Share “${name}”` });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
  await expectAccessible(page);

  const stranger = await (await browser.newContext({ baseURL })).newPage();
  await stranger.goto(link);
  await expect(title(stranger)).toHaveText(name, SLOW);
  await expect(stranger.getByRole("article", { name: "Answer" }).locator("strong")).toHaveText("bold");
  await expectAccessible(stranger);

  await dialog.getByRole("link", { name: "library" }).click();
  await page.getByRole("button", { name: `End the link to ${name}` }).click();
  await page.getByRole("button", { name: "End link", exact: true }).last().click();
  await expect(page.getByText("The link leads nowhere now")).toBeVisible();
  await stranger.reload();
  await expect(stranger.getByRole("alert").filter({ hasText: "This link leads nowhere" })).toBeVisible(SLOW);
  await stranger.context().close();
});

test("a chat goes out as a file and comes in again; a file that is none says why", async ({
  page,
  baseURL,
}) => {
  const name = `Luggage ${Date.now()}`;
  await page.goto(
    await chatOf(
      page,
      baseURL,
      name,
      talk(2, (index) => `Packed ${index}`),
    ),
  );
  await page.getByRole("button", { name: "Chat actions" }).click(SLOW);
  const waiting = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export as JSON" }).click();
  const file = await (await waiting).path();
  const exported = JSON.parse(readFileSync(file, "utf8")) as { id: string; title: string };
  expect(exported.title).toBe(name);

  await page.goto("/library?tab=transfer");
  const field = page.getByLabel("File to import");
  const give = (text: string) =>
    field.setInputFiles({ name: "chats.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(page.getByRole("button", { name: "Choose a file" })).toBeVisible(SLOW);
  await give(JSON.stringify([{ ...exported, id: "another", title: `${name} again` }, { what: "ever" }]));
  await expect(page.getByText("One chat imported from chats.json. One chat left out.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Left out" })).toContainText("Chat 2:");
  await give("PK\u0003\u0004");
  await expect(page.getByRole("alert").filter({ hasText: "This is not JSON" })).toBeVisible();
  await expectAccessible(page);

  const all = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export all chats" }).click();
  const whole = JSON.parse(readFileSync(await (await all).path(), "utf8")) as { title: string }[];
  expect(whole.map((chat) => chat.title)).toEqual(expect.arrayContaining([name, `${name} again`]));
});

test("an archived chat waits in the library and comes back", async ({ page, baseURL, isMobile }) => {
  const name = `Winter coat ${Date.now()}`;
  await chatOf(
    page,
    baseURL,
    name,
    talk(2, (index) => `Wool ${index}`),
  );
  await page.goto("/library");
  if (isMobile) await page.getByRole("button", { name: "Open menu" }).click(SLOW);
  await page.getByRole("link", { name }).hover(SLOW);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByRole("link", { name })).toBeHidden();
  if (isMobile) await page.getByRole("button", { name: "Close menu" }).click();
  await page.getByRole("tab", { name: "Archived" }).click();
  const archived = page.getByRole("list", { name: "Archived chats" });
  await expect(archived.getByRole("link", { name })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: `Bring back ${name}` }).click();
  await expect(page.getByRole("button", { name: `Bring back ${name}` })).toBeHidden();
  if (isMobile) await page.getByRole("button", { name: "Open menu" }).click();
  await expect(page.getByRole("link", { name })).toBeVisible();
});

test("chats are sorted by tags, which the sidebar and the palette know", async ({
  page,
  baseURL,
  isMobile,
}) => {
  test.skip(isMobile, "the sidebar is a drawer there");
  const name = `Tagged ${Date.now()}`;
  await page.goto(
    await chatOf(
      page,
      baseURL,
      name,
      talk(2, (at) => `message ${at}`),
    ),
  );
  await chatOf(
    page,
    baseURL,
    `Untagged ${Date.now()}`,
    talk(2, (at) => `message ${at}`),
  );
  const chats = page.getByRole("navigation", { name: "Chats" });
  await expect(chats.getByRole("link", { name: /^Untagged/ }).first()).toBeVisible(SLOW);
  await chats.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Tags…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Add tags").pressSequentially("#Home, next year");
  await expect(dialog.getByRole("list", { name: "Tags" })).toContainText("home");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden(SLOW);

  const tag = page.getByRole("group", { name: "Tags" }).getByRole("button", { name: "next year" });
  await tag.click(SLOW);
  await expect(chats.getByRole("link", { name })).toBeVisible(SLOW);
  await expect(chats.getByRole("link", { name: /^Untagged/ })).toHaveCount(0);
  await expectAccessible(page);
  await page.keyboard.press("Control+K");
  await page.getByRole("combobox", { name: "Search and commands" }).fill("any tag", SLOW);
  await page.getByRole("option", { name: /Chats with any tag/ }).click(SLOW);
  await expect(tag).toHaveAttribute("aria-pressed", "false");
  await expect(chats.getByRole("link", { name: /^Untagged/ }).first()).toBeVisible(SLOW);
});
