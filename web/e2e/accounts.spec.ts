import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { ACCOUNT, expectAccessible, type Person, SLOW, signedIn, watchFrames } from "./shared";

const password = (page: Page) => page.getByLabel("Password", { exact: true });

async function fillSignUp(page: Page, { name, email, password: secret }: Person) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await password(page).fill(secret);
  await page.getByRole("button", { name: "Create account" }).click();
}

async function fillSignIn(page: Page, { email, password: secret }: Pick<Person, "email" | "password">) {
  await page.getByLabel("E-mail").fill(email);
  await password(page).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** On a phone the sidebar is a drawer. */
async function openSidebar(page: Page) {
  const menu = page.getByRole("button", { name: "Open menu" });
  const account = page.getByRole("button", { name: /^Account:/ });
  await expect(menu.or(account).first()).toBeVisible(SLOW);
  if (await menu.isVisible()) await menu.click();
  await expect(account).toBeVisible();
}

async function signOut(page: Page) {
  await openSidebar(page);
  await page.getByRole("button", { name: /^Account:/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
}

for (const who of ["the first person", "a new person"]) {
  test(`${who} signs up, signs out and signs in again`, async ({ page, baseURL }) => {
    await page.goto("/sign-up");
    const form = page.getByRole("button", { name: "Create account" });
    const closed = page.getByText("Sign-up is closed");
    await expect(form.or(closed)).toBeVisible(SLOW);
    const open = await form.isVisible();
    const first = await page.getByRole("heading", { name: "Welcome to Parley" }).isVisible();
    const person = first
      ? ACCOUNT
      : { ...ACCOUNT, name: "Grace Hopper", email: `grace-${Date.now()}@example.org` };
    if (open) await fillSignUp(page, person);
    else {
      await signedIn(page, baseURL);
      await page.goto("/chat");
    }
    await expect(page).toHaveURL(/\/chat$/, SLOW);

    await signOut(page);
    await fillSignIn(page, open ? person : ACCOUNT);

    await expect(page).toHaveURL(/\/chat$/, SLOW);
    await openSidebar(page);
  });
}

test("a wrong password says so and lets nobody in", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.context().clearCookies();
  await page.goto("/sign-in");

  await fillSignIn(page, { ...ACCOUNT, password: "not the password" });

  await expect(page.getByRole("alert").filter({ hasText: "no account with this e-mail" })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(password(page)).toHaveValue("not the password");
});

test("who is in already sees no form on the way in; who is not any more gets it without a jump", async ({
  page,
  baseURL,
}) => {
  await signedIn(page, baseURL);
  await page.goto("/chat");
  await openSidebar(page);
  const seen = await watchFrames(page);

  for (const door of ["/sign-in", "/sign-up"]) {
    await page.goto(door);
    await expect(page).toHaveURL(/\/chat$/, SLOW);
    await expect(page.getByText("What would you like to know?")).toBeVisible();
    expect(await seen()).not.toMatch(/Password|E-mail|Sign in|Create account/);
  }

  await page.goto("about:blank"); // a page of the application would hear that the session is over, and leave by itself
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await expect(password(page)).toBeVisible();
  const jumps = await page.evaluate(() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: "layout-shift", buffered: true });
    return observer.takeRecords().map((shift) => Reflect.get(shift, "value"));
  });
  expect(jumps).toEqual([]);
  await fillSignIn(page, ACCOUNT);
  await expect(page).toHaveURL(/\/chat$/);
});

test("a page that needs a viewer leads to the door, and back after signing in", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.context().clearCookies();
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsettings/);

  await fillSignIn(page, ACCOUNT);

  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
});

test("a key's secret is shown once and works until the key is revoked", async ({
  page,
  baseURL,
  playwright,
}) => {
  await signedIn(page, baseURL);
  await page.goto("/settings");
  const name = `Report ${Date.now()}`;
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = await dialog.getByLabel("Secret of the new key").inputValue();
  const program = await playwright.request.newContext({
    baseURL,
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  const ask = async () =>
    (await program.post("/graphql", { data: { query: "{ viewer { email } }" } })).text();
  expect(await ask()).toContain(`"email"`);

  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(secret)).toBeHidden();
  await page.reload();
  await expect(page.getByText(name)).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();

  await expect(page.getByText(name, { exact: true })).toBeHidden();
  expect(await ask()).toContain("UNAUTHENTICATED");
  await program.dispose();
});

test("a browser that is signed out from another one is led to the door", async ({
  page,
  baseURL,
  browser,
}) => {
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const other = await browser.newPage({ baseURL, userAgent });
  await signedIn(other, baseURL);
  const connected = other.waitForEvent("websocket", (socket) => socket.url().endsWith("/graphql"));
  await other.goto("/chat");
  await (await connected).waitForEvent("framereceived");
  await signedIn(page, baseURL);
  await page.goto("/settings");

  await page.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out" }).click();

  await expect(other).toHaveURL(/\/sign-in/, { timeout: 15_000 });
  await other.close();
});

test("a key may do only what was allowed when it was made", async ({ page, baseURL, playwright }) => {
  await signedIn(page, baseURL);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(`Reader ${Date.now()}`);
  await expect(dialog.getByRole("checkbox", { name: "Account" })).not.toBeChecked();
  await dialog.getByRole("checkbox", { name: "Read" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Write" }).uncheck();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByText("Choose at least one.")).toBeVisible();

  await dialog.getByRole("checkbox", { name: "Read" }).check();
  await dialog.getByRole("button", { name: "Create key" }).click();

  const secret = await dialog.getByLabel("Secret of the new key").inputValue();
  const program = await playwright.request.newContext({
    baseURL,
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  const ask = async (query: string) => (await program.post("/graphql", { data: { query } })).text();
  expect(await ask("{ viewer { email } }")).toContain(`"email"`);
  expect(await ask(`mutation { createChat(input: { title: "No" }) { chat { id } } }`)).toContain("FORBIDDEN");
  await program.dispose();
});

test("the theme is chosen in the user menu and stays", async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/settings");
  await openSidebar(page);
  await page.getByRole("button", { name: /^Account:/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();

  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/dark/);
});

test("the playground asks as the viewer", async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (baseURL && /^http/.test(request.url()) && !request.url().startsWith(baseURL))
      elsewhere.push(request.url());
  });
  await signedIn(page, baseURL);
  await page.goto("/playground");

  // A click before the editor is ready is lost, and nothing on the page says when it is.
  await expect(async () => {
    await page.getByRole("button", { name: /^Execute query/ }).click();
    await expect(page.getByRole("region", { name: "Result Window" })).toContainText("email", {
      timeout: 3_000,
    });
  }).toPass(SLOW);
  expect(elsewhere).toEqual([]);
});

for (const theme of ["light", "dark"] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });

    for (const path of ["/sign-in", "/sign-up", "/no-such-page"]) {
      test(`${path} is accessible`, async ({ page, baseURL }) => {
        await signedIn(page, baseURL);
        await page.context().clearCookies();
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByText("Loading", { exact: true })).toBeHidden();
        await expectAccessible(page);
      });
    }

    test("/settings is accessible, and so are its dialog and the user menu", async ({ page, baseURL }) => {
      await signedIn(page, baseURL);
      await page.goto("/settings");
      await expect(page.getByRole("heading", { name: "Sessions" })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Create key" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await openSidebar(page);
      await page.getByRole("button", { name: /^Account:/ }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      // A menu floats above the page, outside of its landmarks; in a drawer the page below is hidden.
      await expectAccessible(page, (axe) => axe.include("[role=menu]").disableRules("region"));
    });

    test("the frame of /playground is accessible", async ({ page, baseURL }) => {
      await signedIn(page, baseURL);
      await page.goto("/playground");
      await expect(page.getByRole("button", { name: /^Execute query/ })).toBeVisible(SLOW);
      // What GraphiQL itself renders is not ours to mend.
      await expectAccessible(page, (axe) => axe.exclude(".graphiql-container"));
    });
  });
}
