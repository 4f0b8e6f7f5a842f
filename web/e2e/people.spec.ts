import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const PASSWORD = "a password of Grace's own";

/** The six digits that an authenticator app shows now (RFC 6238), for a secret in base32. */
function appCode(secret: string): string {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
  const binary = bits.map((value) => value.toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((binary.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const word = digest.readUInt32BE((digest[19] ?? 0) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

/** What the server has mailed to somebody; tests/e2e/test_browser.py puts each mail into a file. */
async function mailTo(address: string): Promise<string> {
  const folder = process.env.PARLEY_E2E_MAILS ?? "";
  const find = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .find((mail) => mail.includes(address)) ?? "";
  await expect.poll(find, SLOW).not.toBe("");
  return find();
}

const linkIn = (mail: string) => /\/new-password#\S+/.exec(mail)?.[0] ?? "";

async function setPassword(page: Page, link: string, password: string) {
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Set password" }).click(SLOW);
  await expect(page.getByRole("status")).toContainText("Your new password is set", SLOW);
  await page.getByRole("link", { name: "Sign in" }).click();
}

async function enter(page: Page, email: string, password = PASSWORD) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("somebody who is invited sets up a second factor, and is let out again", async ({
  page,
  baseURL,
  browser,
}) => {
  const email = `grace-${Date.now()}@example.org`;
  await signedIn(page, baseURL);
  await page.goto("/settings?tab=people");
  await page.getByLabel("Invite somebody").fill(email);
  await page.getByRole("button", { name: "Create link" }).click();
  const link = await page.getByLabel("Link of the invitation").inputValue(SLOW);
  await expect(page.getByRole("region", { name: "Open invitations" })).toContainText(email);

  const grace = await (await browser.newContext({ baseURL })).newPage();
  await grace.goto(link);
  await grace.getByLabel("Name").fill("Grace Hopper");
  await expect(grace.getByLabel("E-mail")).toHaveValue(email);
  await grace.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await expectAccessible(grace);
  await grace.getByRole("button", { name: "Create account" }).click();
  await expect(grace).toHaveURL(/\/chat$/, SLOW);

  await grace.goto("/settings?tab=people");
  await expect(grace.getByRole("tab", { name: "Account" })).toHaveAttribute("aria-selected", "true", SLOW);
  await expect(grace.getByRole("tab", { name: /People|System/ })).toHaveCount(0);
  await grace.getByLabel("Your password").fill(PASSWORD);
  await grace.getByRole("button", { name: "Set up" }).click();
  const secret = await grace.getByText(/^[A-Z2-7]{32}$/).textContent();
  await grace.getByLabel("Code of the app").fill(appCode(secret ?? ""));
  await grace.getByRole("button", { name: "Turn on" }).click();
  const recovery = await grace
    .getByText(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
    .first()
    .textContent();
  await expectAccessible(grace);

  await grace.context().clearCookies();
  await grace.goto("/sign-in");
  await enter(grace, email);
  await grace.getByLabel("Code").fill(recovery ?? "");
  await grace.getByRole("button", { name: "Sign in" }).click();
  await expect(grace).toHaveURL(/\/chat$/, SLOW);

  await page.reload();
  await page.getByRole("button", { name: "Disable Grace Hopper" }).last().click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await expect(grace).toHaveURL(/\/sign-in/, { timeout: 15_000 });
  await grace.context().close();
});

test("an administrator limits what somebody spends, who sees it", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.goto("/settings?tab=people");
  await page.getByRole("button", { name: "Budgets of Ada Lovelace" }).click(SLOW);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Set budget" }).click();
  await expect(dialog.getByText("Say how many tokens, or how many dollars.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "In" }).click();
  await page.getByRole("option", { name: "A month" }).click();
  await dialog.getByLabel("Tokens").fill("100000");
  await dialog.getByLabel("US dollars").fill("2.5");
  await dialog.getByRole("button", { name: "Set budget" }).click();
  await expect(dialog.getByText(/of 100K tokens · \$0.00 of \$2.50/)).toBeVisible(SLOW);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Account" }).click();
  await expect(page.getByText(/of 100K tokens/)).toBeVisible(SLOW);

  await page.getByRole("tab", { name: "People" }).click();
  await page.getByRole("button", { name: "Budgets of Ada Lovelace" }).click(SLOW);
  await dialog.getByRole("button", { name: "Remove the budget of all together, a month" }).click(SLOW);
  await expect(dialog.getByText("Nothing is limited yet.")).toBeVisible(SLOW);
});

test("the audit log and the system's status are there to be read", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.goto("/settings");
  await page.getByRole("tab", { name: "Activity" }).click(SLOW);
  await expect(page).toHaveURL(/\?tab=activity$/);
  const events = page.getByRole("list", { name: "Events" });
  await expect(events).toContainText("Signed in · ada@example.org", SLOW);
  await page.getByRole("combobox", { name: "What happened" }).click();
  await page.getByRole("option", { name: "Made an account", exact: true }).click();
  await expect(events).toContainText("Made an account · ada@example.org", SLOW);
  await expect(events).not.toContainText("Signed in", SLOW);
  await page.reload();
  await expect(events.getByRole("listitem").first()).toBeVisible(SLOW);
  await expectAccessible(page);

  await page.getByRole("tab", { name: "System" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Everything works")).toBeVisible(SLOW);
  await expect(page.getByRole("region", { name: "Workers" })).toContainText("Alive");
  await expectAccessible(page);
});

test("who has forgotten the password sets another one by mail or by an administrator's link, and leaves", async ({
  page,
  baseURL,
  browser,
}) => {
  const person = { name: "Alan Turing", email: `alan-${Date.now()}@example.org`, password: PASSWORD };
  await signedIn(page, baseURL);
  const alan = await (await browser.newContext({ baseURL })).newPage();
  await signedIn(alan, baseURL, person);
  await alan.context().clearCookies();
  await alan.goto("/sign-in");
  await alan.getByRole("link", { name: "Forgotten your password?" }).click(SLOW);
  await alan.getByLabel("E-mail").fill(person.email);
  await alan.getByRole("button", { name: "Send the link" }).click();
  await expect(alan.getByRole("status")).toContainText("a mail is on its way", SLOW);
  await setPassword(alan, linkIn(await mailTo(person.email)), "another password of Alan's");
  await enter(alan, person.email, "another password of Alan's");
  await expect(alan).toHaveURL(/\/chat$/, SLOW);

  await page.goto("/settings?tab=people");
  await page.getByRole("button", { name: "Password link for Alan Turing" }).click(SLOW);
  await page.getByRole("dialog").getByRole("button", { name: "Create link" }).click();
  const link = await page.getByLabel("Link for the new password").inputValue(SLOW);
  await expectAccessible(page);
  await setPassword(alan, link, PASSWORD);
  await enter(alan, person.email);
  await expect(alan).toHaveURL(/\/chat$/, SLOW);

  await alan.goto("/settings");
  const download = alan.waitForEvent("download");
  await alan.getByRole("link", { name: "Download everything" }).click(SLOW);
  expect((await download).suggestedFilename()).toBe("parley-account.json");
  await alan.getByRole("button", { name: "Delete account" }).click();
  const dialog = alan.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete for good" })).toBeDisabled(SLOW);
  await dialog.getByLabel(`Type ${person.email} to go on`).fill(person.email);
  await dialog.getByLabel("Your password").fill("not the password");
  await expectAccessible(alan);
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(dialog.getByRole("alert")).not.toBeEmpty(SLOW);
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(alan).toHaveURL(/\/sign-in/, SLOW);
  await enter(alan, person.email);
  await expect(alan.getByRole("alert").filter({ hasText: "no account with this e-mail" })).toBeVisible(SLOW);
  await alan.context().close();
});

test("a link that does not work says so", async ({ page }) => {
  await page.goto("/invitation#nothing");
  await expect(page.getByText("This link does not work any more.")).toBeVisible(SLOW);

  await page.goto("/sign-in?trouble=stale");
  await expect(page.getByText("That took too long")).toBeVisible(SLOW);
});
