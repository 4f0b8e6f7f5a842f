import { expect, type Page } from "@playwright/test";

import { SLOW, signedIn } from "./shared";

export const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
export const answers = (page: Page) => page.getByRole("article", { name: "Answer" });
export const questions = (page: Page) => page.getByRole("article", { name: "You" });
export const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true });
export const stop = (page: Page) => page.getByRole("button", { name: "Stop", exact: true });
export const versions = (scope: ReturnType<typeof answers>) => scope.getByRole("group", { name: "Versions" });

export async function enter(page: Page, baseURL: string | undefined) {
  await signedIn(page, baseURL);
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
}

export async function pick(page: Page, model: string) {
  await page.getByRole("button", { name: /^Model:/ }).click();
  await page.getByRole("menuitemradio", { name: new RegExp(`^${model}\\b`) }).click();
  await expect(page.getByRole("button", { name: new RegExp(`^Model: ${model}`) })).toBeVisible();
}

export async function ask(page: Page, question: string) {
  await composer(page).fill(question);
  await composer(page).press("Enter");
  await expect(questions(page).last()).toContainText(question);
}

/** Waits until the last answer has some text, and returns it. */
export async function someText(page: Page): Promise<string> {
  const text = answers(page).last().locator(".markdown");
  await expect(text).not.toBeEmpty(SLOW);
  return (await text.textContent()) ?? "";
}

export async function finished(page: Page) {
  await expect(stop(page)).toBeHidden(SLOW);
  await expect(answers(page).last().getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
}
