import { expect, type Locator, type Page, test } from "@playwright/test";

import { ACCOUNT, SLOW, signedIn } from "./shared";

/** A second provider; without its address the journey that adds it is left out. */
const PROVIDER_URL = process.env.PARLEY_E2E_PROVIDER;
/** More than any page has to walk through. */
const STEPS = 300;

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

/** Walks to `target` with Tab alone, and sees that the focus is shown there. */
async function reach(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab") {
  await expect(target).toBeAttached(SLOW);
  await expect(target).toBeEnabled(SLOW);
  const here = () => target.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < STEPS && !(await here()); step += 1) await page.keyboard.press(key);
  await expect(target).toBeFocused();
  expect(await target.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
}

async function press(page: Page, target: Locator, key = "Enter") {
  await reach(page, target);
  await page.keyboard.press(key);
}

async function type(page: Page, target: Locator, text: string) {
  await reach(page, target);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Menus move the focus in a task of its own after a key: another key before it would go one too far. */
const moved = (page: Page) => page.evaluate(() => new Promise((done) => setTimeout(done)));

/** Opens a menu or a list of choices at `trigger`, and walks to what begins with `choice`. */
async function choose(page: Page, trigger: Locator, choice: string) {
  await press(page, trigger);
  const option = page
    .getByRole("option", { name: new RegExp(`^${choice}`) })
    .or(page.getByRole("menuitemradio", { name: new RegExp(`^${choice}\\b`) }))
    .or(page.getByRole("menuitem", { name: new RegExp(`^${choice}`) }));
  await expect(option).toBeVisible();
  for (let step = 0; step < STEPS; step += 1) {
    if (await option.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("ArrowDown");
    await moved(page);
  }
  await expect(option).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(option).toBeHidden();
}

/** To another page, through the sidebar. */
async function go(page: Page, name: string) {
  await press(page, page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }));
  await expect(heading(page, name)).toBeVisible(SLOW);
}

async function ask(page: Page, question: string) {
  await expect(composer(page)).toBeVisible(SLOW);
  await type(page, composer(page), question);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "You" }).last()).toContainText(question);
}

const finished = (page: Page) =>
  expect(answer(page).getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);

test.beforeEach(async ({ page, baseURL, isMobile }) => {
  test.skip(isMobile, "phones have no keyboard");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn(page, baseURL);
});

test("by keyboard: sign in, begin a chat, stop, take another answer, edit, walk the versions", async ({
  page,
}, { retry }) => {
  const title = `Standing water ${retry}`;
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await type(page, page.getByLabel("E-mail"), ACCOUNT.email);
  await type(page, page.getByLabel("Password", { exact: true }), ACCOUNT.password);
  await page.keyboard.press("Enter");
  await expect(composer(page)).toBeVisible(SLOW);
  await choose(page, page.getByRole("button", { name: /^Model:/ }), "scripted");
  await page.keyboard.press("Control+Shift+O");

  await ask(page, "Take your time: tell me about rivers");
  await expect(answer(page).locator(".markdown")).not.toBeEmpty(SLOW);
  await press(page, page.getByRole("button", { name: "Stop", exact: true }));
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible(SLOW);

  await press(page, page.getByRole("button", { name: "Edit message" }));
  await expect(page.getByRole("textbox", { name: "Edit message" })).toBeFocused();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("Tell me about lakes");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "You" })).toContainText("lakes");
  await finished(page);
  await choose(page, answer(page).getByRole("button", { name: "Regenerate" }), "Try again");
  const versions = answer(page).getByRole("group", { name: "Versions" });
  await expect(versions).toContainText("2/2", SLOW);
  await finished(page);
  await press(page, answer(page).getByRole("button", { name: "Previous version" }));
  await expect(versions).toContainText("1/2", SLOW);

  const actions = page
    .getByRole("navigation", { name: "Chats" })
    .getByRole("button", { name: /^Actions for/ })
    .first();
  await press(page, actions);
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(actions).toBeFocused();
  await choose(page, actions, "Rename");
  await expect(page.getByRole("textbox", { name: "Chat title" })).toBeFocused();
  await page.keyboard.insertText(title);
  await page.keyboard.press("Enter");
  await expect(link(page, title)).toBeFocused();
  await choose(page, page.getByRole("button", { name: "Chat actions" }), "Branches");
  await expect(page.getByRole("tree", { name: "Branches" })).toBeVisible(SLOW);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("tree", { name: "Branches" })).toBeHidden();
});

test("by keyboard: a provider is added, tried, switched off and removed", async ({ page }) => {
  test.skip(!PROVIDER_URL, "PARLEY_E2E_PROVIDER is not set");
  const name = `Keys ${Date.now()}`;
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
  await go(page, "Models");
  await press(page, page.getByRole("button", { name: "Add provider" }));
  const dialog = page.getByRole("dialog");
  await type(page, dialog.getByLabel("Base URL"), PROVIDER_URL ?? "");
  await type(page, dialog.getByLabel("API key"), "sk-test-second");
  await type(page, dialog.getByLabel("Name", { exact: true }), name);
  await press(page, dialog.getByRole("button", { name: "Add", exact: true }));
  await press(page, dialog.getByRole("button", { name: "Done" }));

  const card = page.getByRole("region", { name, exact: true });
  await press(page, card.getByRole("button", { name: "Test spare" }));
  await expect(card.getByRole("status")).toContainText("It answers", SLOW);
  await press(page, card.getByRole("switch", { name: "Use spare" }), "Space");
  await expect(card.getByText("Switched off")).toBeVisible(SLOW);
  await press(page, card.getByRole("button", { name: `Remove ${name}` }));
  await press(page, page.getByRole("alertdialog").getByRole("button", { name: "Remove" }));
  await expect(card).toBeHidden(SLOW);
});

test("by keyboard: an agent is made and tried", async ({ page }) => {
  const name = `Typist ${Date.now()}`;
  await page.goto("/chat");
  await go(page, "Agents");
  await press(page, link(page, "New agent"));
  await type(page, page.getByLabel("Name", { exact: true }), name);
  await type(page, page.getByLabel("Instructions"), "You type.");
  await press(page, page.getByRole("checkbox", { name: "calculator", exact: true }), "Space");
  await choose(page, page.getByRole("combobox", { name: "Thinking" }), "Immediate");
  await press(page, page.getByRole("button", { name: "Create agent" }));
  await press(page, page.getByRole("button", { name: `Try ${name}` }));
  await expect(page.getByRole("button", { name: `Agent: ${name}`, exact: true })).toBeVisible(SLOW);
  await ask(page, "Good day");
  await finished(page);
});

test("by keyboard: a workflow is made, run, and what it asks is allowed in the inbox", async ({ page }) => {
  const name = `Keyed ${Date.now()}`;
  const definition = {
    steps: [
      { name: "ask", kind: "approval", title: "Ask first", text: "{{input}}", next: "tell" },
      { name: "tell", kind: "agent", title: "Tell it", prompt: "{{input}}", model: "scripted" },
    ],
  };
  await page.goto("/chat");
  await go(page, "Workflows");
  await press(page, link(page, "New workflow"));
  await type(page, page.getByRole("textbox", { name: "Name" }), name);
  await type(page, page.getByRole("textbox", { name: "Definition" }), JSON.stringify(definition));
  await expect(page.getByText("Nothing is wrong with it.")).toBeVisible(SLOW);
  await press(page, page.getByRole("button", { name: "Create workflow" }));
  await press(page, page.getByRole("region", { name: "Yours" }).getByRole("link", { name, exact: true }));
  await type(page, page.getByRole("textbox", { name: "Try it on a message" }), "Is the road free?");
  await press(page, page.getByRole("button", { name: "Run" }));
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
  await expect(page.getByRole("group", { name: "Allow ask?" })).toBeVisible(SLOW);

  await press(page, page.getByRole("link", { name: /^Approvals/ }));
  const card = page.getByRole("group", { name: "Allow ask?" });
  await press(page, card.getByRole("button", { name: "Allow once" }));
  await expect(page.getByText("Nothing waits for you")).toBeVisible(SLOW);
  await press(page, page.getByRole("tab", { name: "Waiting" }), "ArrowRight");
  await press(page, page.getByRole("tabpanel").getByRole("link", { name: "Is the road free?" }));
  await finished(page);
});

test("by keyboard: a key is made and revoked", async ({ page }) => {
  const name = `Keyboard ${Date.now()}`;
  await page.goto("/chat");
  await go(page, "Settings");
  await press(page, page.getByRole("button", { name: "Create key" }));
  const dialog = page.getByRole("dialog");
  await type(page, dialog.getByLabel("Name"), name);
  await press(page, dialog.getByRole("button", { name: "Create key" }));
  await expect(dialog.getByLabel("Secret of the new key")).toBeVisible(SLOW);
  await press(page, dialog.getByRole("button", { name: "Done" }));
  await press(page, page.getByRole("button", { name: `Revoke ${name}` }));
  await press(page, page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }));
  await expect(page.getByText(name, { exact: true })).toBeHidden(SLOW);
});

test("by keyboard: the dashboard gets another range, and a row is opened", async ({ page }) => {
  await page.goto("/chat");
  await ask(page, "Tell me about figures");
  await finished(page);
  await go(page, "Dashboard");
  await choose(page, page.getByRole("combobox", { name: "Time", exact: true }), "Last 7 days");
  await expect(page).toHaveURL(/range=7d/);
  await press(
    page,
    page
      .getByRole("region", { name: "By model", exact: true })
      .getByRole("table")
      .getByRole("button")
      .first(),
  );
  const drawer = page.getByRole("dialog");
  await press(page, drawer.getByRole("link").first());
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
});

test("by keyboard: a tool is tried, and the library searched", async ({ page }) => {
  await page.goto("/chat");
  await go(page, "Tools");
  await press(page, page.getByRole("button", { name: "Try calculator" }));
  const dialog = page.getByRole("dialog", { name: "calculator" });
  await type(page, dialog.getByLabel("expression"), "6 * 7");
  await press(page, dialog.getByRole("button", { name: "Run" }));
  await expect(dialog.getByRole("status").first()).toContainText("42", SLOW);
  await page.keyboard.press("Escape");
  await go(page, "Library");
  await type(page, page.getByRole("searchbox", { name: "Search all messages" }), "nothing at all");
  await press(page, page.getByRole("tab", { name: "Search" }), "ArrowRight");
  await expect(page.getByRole("tab", { name: "Archived" })).toHaveAttribute("aria-selected", "true");
});
