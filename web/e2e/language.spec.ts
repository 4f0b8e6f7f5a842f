import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn, watchFrames } from "./shared";

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true, level: 1 });

/** The page in a language: its heading, its title, and what it says of itself to browsers. */
async function expectSpoken(page: Page, tag: string, name: string) {
  await expect(heading(page, name)).toBeVisible(SLOW);
  await expect(page.locator("html")).toHaveAttribute("lang", tag);
  await expect(page).toHaveTitle(`${name} · Parley`);
}

async function choose(page: Page, field: string, language: string) {
  await page.getByRole("combobox", { name: field, exact: true }).click(SLOW);
  await page.getByRole("option", { name: language, exact: true }).click();
}

test("a language is chosen in the settings, spoken at once, and kept", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.goto("/settings");
  await expectSpoken(page, "en", "Settings");

  await choose(page, "Language", "Deutsch");

  await expectSpoken(page, "de", "Einstellungen");
  await page.keyboard.press("Control+K");
  await page.getByRole("combobox", { name: "Suche und Befehle" }).fill("automatisch");
  await page.getByRole("option", { name: /^Automatisch/ }).click(SLOW);
  await expect(page.getByText("Jede Nachricht bekommt das Modell, das zu ihr passt")).toBeVisible(SLOW);
  await expectAccessible(page);

  const seen = await watchFrames(page);
  await page.reload();
  await expectSpoken(page, "de", "Einstellungen");
  expect(await seen()).toContain("Einstellungen");
  expect(await seen()).not.toMatch(/Settings|New chat|Skip to the content|Loading/);

  await choose(page, "Sprache", "English");
  await expectSpoken(page, "en", "Settings");
  await page.goto("/library");
  await expectSpoken(page, "en", "Library");
});

test("titles follow the language from page to page", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.addInitScript(() => localStorage.setItem("parley:language", "de"));
  await page.goto("/library");
  await expectSpoken(page, "de", "Bibliothek");
  for (const [word, name] of [
    ["einstellungen", "Einstellungen"],
    ["bibliothek", "Bibliothek"],
  ] as const) {
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: "Suche und Befehle" }).fill(word);
    await page.getByRole("option", { name, exact: true }).click(SLOW);
    await expectSpoken(page, "de", name);
  }
});

test("who has chosen nothing gets the browser's language", async ({ page, baseURL, browser }) => {
  await signedIn(page, baseURL);
  const context = await browser.newContext({ baseURL, locale: "de-DE" });
  const stranger = await context.newPage();
  const seen = await watchFrames(stranger);
  await stranger.goto("/sign-in");
  await expect(heading(stranger, "Willkommen zurück")).toBeVisible(SLOW);
  await expect(stranger.getByRole("button", { name: "Anmelden" })).toBeVisible(SLOW);
  await expect(stranger).toHaveTitle("Anmelden · Parley");
  await expect(stranger.locator("html")).toHaveAttribute("lang", "de");
  expect(await seen()).not.toContain("Welcome");
  await expectAccessible(stranger);
  await context.close();
});
