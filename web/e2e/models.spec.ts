import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

/** A second provider, with the model `spare`; without its address the journey that adds it is left out. */
const PROVIDER_URL = process.env.PARLEY_E2E_PROVIDER;

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const picker = (page: Page) => page.getByRole("button", { name: /^Model:/ });
const preview = (page: Page) => page.getByRole("button", { name: /^Would ask/ });
const panel = (page: Page) => page.getByRole("dialog", { name: "Why this model" });

async function openModels(page: Page) {
  await page.goto("/models");
  await expect(page.getByRole("heading", { name: "Models", exact: true })).toBeVisible(SLOW);
}

async function openChat(page: Page) {
  await page.goto("/chat");
  await expect(picker(page)).toHaveAccessibleName("Model: Auto", SLOW);
}

async function ask(page: Page, question: string) {
  await composer(page).fill(question);
  await composer(page).press("Enter");
  await expect(answer(page).getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
}

test.beforeEach(async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
});

test("an administrator adds a provider, tries its model, switches it off, edits it and removes it all", async ({
  page,
}) => {
  test.skip(!PROVIDER_URL, "PARLEY_E2E_PROVIDER is not set");
  const name = `Second ${Date.now()}`;
  await openModels(page);
  await page.getByRole("button", { name: "Add provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Base URL").fill(PROVIDER_URL ?? "");
  await dialog.getByLabel("API key").fill("sk-test-second");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("heading", { name: `${name} is added` })).toBeVisible(SLOW);
  await expect(dialog.getByRole("region", { name: `Models of ${name}` })).toContainText("spare");
  await dialog.getByRole("button", { name: "Done" }).click();

  const card = page.getByRole("region", { name, exact: true });
  await expect(card.getByRole("heading", { name: /^spare/ })).toBeVisible();
  await card.getByRole("button", { name: "Test spare" }).click();
  await expect(card.getByRole("status")).toContainText(/It answers · first token after \d+/, SLOW);
  await expect(card.getByText("Healthy", { exact: true })).toBeVisible(SLOW);

  const use = card.getByRole("switch", { name: "Use spare" });
  await use.click();
  await expect(use).not.toBeChecked();
  await expect(card.getByText("Switched off")).toBeVisible();
  await expect(card.getByRole("button", { name: "Test spare" })).toBeDisabled();

  await card.getByRole("button", { name: "Edit spare" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Spare wheel");
  await dialog.getByLabel("Input", { exact: true }).fill("1.5");
  await dialog.getByLabel("Output", { exact: true }).fill("a lot");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Must be an amount")).toBeVisible();
  await dialog.getByLabel("Output", { exact: true }).fill("6");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByRole("heading", { name: /^Spare wheel/ })).toBeVisible();
  await expect(card.getByText("$1.50 / $6.00")).toBeVisible();

  await card.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(card).toBeHidden(SLOW);
});

test("a provider that does not answer is added all the same, says why, and answers elsewhere", async ({
  page,
}) => {
  const name = `Silent ${Date.now()}`;
  const card = page.getByRole("region", { name, exact: true });
  await openModels(page);
  await page.getByRole("button", { name: "Add provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Base URL").fill("http://127.0.0.1:9/v1");
  await dialog.getByLabel("API key").fill("sk-test-silent");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("It is asked again every minute.")).toBeVisible(SLOW);
  await dialog.getByRole("button", { name: "Done" }).click();

  // Another address wants its key again, and is asked at once.
  await card.getByRole("button", { name: `Change ${name}` }).click();
  await expect(dialog.getByLabel("API key")).toBeEmpty(SLOW);
  await dialog.getByLabel("Base URL").fill(PROVIDER_URL ?? "http://127.0.0.1:10/v1");
  await expect(dialog.getByText("give it again for the new one")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("API key").fill("sk-test-second");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden(SLOW);
  if (PROVIDER_URL) await expect(card.getByRole("heading", { name: /^spare/ })).toBeVisible(SLOW);

  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(card).toBeHidden(SLOW);
});

test("people who are no administrators see the models, and can change nothing", async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const email = `member-${Date.now()}@example.org`;
  await signedIn(page, baseURL, { name: "Max Member", email, password: "correct horse battery staple" });
  await openModels(page);
  await expect(page.getByRole("heading", { name: /^scripted/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /Add provider|Refresh|Remove|Test|Edit/ })).toHaveCount(0);
  await expect(page.getByRole("switch")).toHaveCount(0);
  await context.close();
});

test("while one types, Auto says whom it would ask; another one is taken for this message only", async ({
  page,
}) => {
  await openChat(page);
  await composer(page).fill("Tell me about bridges");
  await expect(preview(page)).toContainText(/\d+ %/, SLOW);
  await preview(page).click();
  await expect(panel(page).getByRole("table")).toBeVisible(SLOW);
  const other = panel(page)
    .getByRole("button", { name: /^Use .* for this message$/ })
    .first();
  const name = (await other.textContent()) ?? "";
  await other.click();
  await expect(picker(page)).toHaveAccessibleName(`Model: ${name}`);
  await expect(preview(page)).toBeHidden();
  await composer(page).press("Enter");
  await expect(answer(page).getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
  await expect(answer(page)).toContainText(name);
  await expect(picker(page)).toHaveAccessibleName("Model: Auto");
});

test("an answer says why its model was chosen; a thumb stays, and can be taken back", async ({ page }) => {
  await openChat(page);
  await ask(page, "Tell me about tides");
  await answer(page)
    .getByRole("button", { name: /: why this model$/ })
    .click();
  await expect(panel(page)).toContainText("sure");
  await expect(panel(page).getByRole("table")).toContainText("scripted", SLOW);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();

  const good = answer(page).getByRole("button", { name: "Good answer" });
  await good.click();
  await expect(good).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(good).toHaveAttribute("aria-pressed", "true", SLOW);
  await good.click();
  await expect(good).toHaveAttribute("aria-pressed", "false");
});

test("what matters is kept, and what must stay here is sent to nobody else", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("radio", { name: "Quality" }).check(SLOW);
  await page.getByRole("switch", { name: "Local models only" }).click();
  await page.reload();
  await expect(page.getByRole("radio", { name: "Quality" })).toBeChecked(SLOW);
  await expect(page.getByRole("switch", { name: "Local models only" })).toBeChecked();

  await openChat(page);
  await picker(page).click();
  await expect(page.getByRole("menuitemradio", { name: /^Auto/ })).toContainText("Picks by quality");
  await page.keyboard.press("Escape");
  // There are no local models on this server.
  await composer(page).fill("Keep this to yourself");
  await expect(page.getByText("it is not local")).toBeVisible(SLOW);
  await composer(page).press("Enter");
  await expect(answer(page).getByRole("alert")).toContainText("it is not local", SLOW);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing an accessibility check would report about models and settings, ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await openModels(page);
    await expect(page.getByRole("heading", { name: /^scripted/ })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Edit scripted" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await page.goto("/settings");
    await expect(page.getByRole("radio", { name: "Balanced" })).toBeVisible(SLOW);
    await expectAccessible(page);
    await openChat(page);
    await composer(page).fill("Tell me about colours");
    await preview(page).click(SLOW);
    await expect(panel(page).getByRole("table")).toBeVisible(SLOW);
    await expectAccessible(page);
  });
}
