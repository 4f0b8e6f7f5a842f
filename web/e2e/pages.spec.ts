import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

/** A server of tools that wants a token; without its address the journey that adds it is left out. */
const MCP_URL = process.env.PARLEY_E2E_MCP;

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

async function open(page: Page, path: string, name: string) {
  await page.goto(path);
  await expect(heading(page, name)).toBeVisible(SLOW);
}

/** Asks an agent something, and a model without one, over the API, so that there is something to count. */
async function asked(page: Page, baseURL: string | undefined) {
  const ask = async (query: string, variables: object = {}) => {
    const data = { query, variables };
    const response = await page.request.post("/graphql", { data, headers: { origin: baseURL ?? "" } });
    const said = (await response.json()) as {
      data: { models?: { id: string; name: string }[] };
      errors?: unknown;
    };
    expect(said.errors).toBeUndefined();
    return said.data;
  };
  await ask("mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }", {
    input: { content: "Tell me about figures" },
  });
  const { models } = await ask("{ models { id name } }");
  await ask("mutation ($id: ID!) { testModel(id: $id) { ok } }", {
    id: models?.find(({ name }) => name === "scripted")?.id,
  });
}

test.beforeEach(async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
});

test("an agent is made, changed, brought back, duplicated, tried and deleted", async ({ page }) => {
  const name = `Handbook ${Date.now()}`;
  await open(page, "/agents", "Agents");
  await page.getByRole("link", { name: "New agent" }).click();
  await page.getByRole("button", { name: "Create agent" }).click(SLOW);
  await expect(page.getByText("Must have a name")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Instructions").fill("You know the handbook.");
  await page.getByRole("checkbox", { name: "calculator", exact: true }).check();
  await page.getByRole("group", { name: "May take over" }).getByRole("checkbox", { name: "Coder" }).check();
  await page.getByRole("combobox", { name: "Thinking" }).click();
  await page.getByRole("option", { name: /^Immediate/ }).click();
  await page.getByRole("button", { name: "Create agent" }).click();

  const link = page.getByRole("link", { name, exact: true });
  await expect(page.getByRole("listitem").filter({ has: link })).toContainText(
    "Auto · Immediate · 1 tool · 1 handoff",
    SLOW,
  );
  await link.click();
  await expect(page.getByLabel("Instructions")).toHaveValue("You know the handbook.", SLOW);
  await page.getByLabel("Instructions").fill("You have forgotten it.");
  await page.getByRole("button", { name: "Save" }).click();
  await link.click(SLOW);
  const versions = region(page, "Versions");
  await expect(versions).toContainText("Instructions changed", SLOW);
  await versions.getByRole("button", { name: "Restore version 1" }).click();
  await expect(page.getByLabel("Instructions")).toHaveValue("You know the handbook.", SLOW);
  await expect(page.getByText(/^Version 3,/)).toBeVisible();

  await page.getByRole("link", { name: "Duplicate" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Copy of ${name}`, SLOW);
  await page.getByRole("button", { name: "Create agent" }).click();
  const copy = page.getByRole("link", { name: `Copy of ${name}`, exact: true });
  await copy.click(SLOW);
  await page.getByRole("button", { name: "Delete" }).click(SLOW);
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(heading(page, "Agents")).toBeVisible(SLOW);
  await expect(copy).toBeHidden(SLOW);

  await page.getByRole("button", { name: `Try ${name}` }).click();
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
  await expect(page.getByRole("button", { name: `Agent: ${name}`, exact: true })).toBeVisible(SLOW);
});

test("an agent that comes with Parley can be looked at, and only copied", async ({ page }) => {
  await open(page, "/agents", "Agents");
  await page.getByRole("link", { name: "Triage", exact: true }).click();
  await expect(page.getByLabel("Name", { exact: true })).toBeDisabled(SLOW);
  await expect(page.getByRole("button", { name: /Save|Delete/ })).toHaveCount(0);
  await page.goto("/agents?agent=agent_00000000000070008000000000000000");
  await expect(page.getByText("There is no such agent")).toBeVisible(SLOW);
});

test("a tool is tried by hand, switched off by a rule, and let loose again", async ({ page }) => {
  await open(page, "/tools", "Tools");
  await page.getByRole("button", { name: "Try calculator" }).click();
  const dialog = page.getByRole("dialog", { name: "calculator" });
  await dialog.getByRole("button", { name: "Run" }).click();
  await expect(dialog.getByText("Is needed")).toBeVisible();
  await dialog.getByLabel("expression").fill("6 * 7");
  await dialog.getByRole("button", { name: "Run" }).click();
  await expect(dialog.getByRole("status").first()).toContainText("42", SLOW);
  await dialog.getByRole("tab", { name: "JSON" }).click();
  await expect(dialog.getByLabel("Arguments")).toHaveValue(/"6 \* 7"/);
  await dialog.getByLabel("Arguments").fill('{"expression": "6 *"}');
  await dialog.getByRole("button", { name: "Run" }).click();
  await expect(dialog.getByRole("status").first()).toContainText("It failed after", SLOW);
  await dialog.getByRole("tab", { name: "Schema" }).click();
  await expect(dialog.getByText('"properties"')).toBeVisible();
  await page.keyboard.press("Escape");

  const rules = region(page, "Rules");
  await rules.getByLabel("Tools").fill("builtin/calc*");
  await rules.getByRole("combobox", { name: "Rule" }).click();
  await page.getByRole("option", { name: "Off" }).click();
  await rules.getByRole("button", { name: "Add rule" }).click();
  const choice = page.getByRole("button", { name: /^Rule for calculator/ });
  await expect(choice).toHaveText("Off", SLOW);
  await choice.click();
  await page.getByRole("menuitemradio", { name: /^Allowed/ }).click();
  await expect(page.getByText(/Another rule is stricter/)).toBeVisible(SLOW);
  await rules.getByRole("button", { name: "Remove the rule for builtin/calc*" }).click();
  await expect(choice).toHaveText("Allowed", SLOW);
  await choice.click();
  await page.getByRole("menuitem", { name: "Without a rule of mine" }).click();
  await expect(choice).toHaveText("Never asks", SLOW);
  await expect(rules.getByText("There are none")).toBeVisible(SLOW);
});

test("an MCP server says what it lacks, gets it, brings its tools, and goes", async ({ page }) => {
  test.skip(!MCP_URL, "PARLEY_E2E_MCP is not set");
  const name = `tools-${Date.now()}`;
  await open(page, "/tools", "Tools");
  await page.getByRole("button", { name: "Add server" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("URL").fill(MCP_URL ?? "");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = region(page, name);
  await expect(card).toContainText("Not reached", SLOW);

  await card.getByRole("button", { name: `Edit ${name}` }).click();
  await dialog.getByLabel("Headers").fill("Authorization: Bearer of the journeys");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(card).toContainText("Reached", SLOW);
  await card.getByRole("button", { name: "Try echo" }).click(SLOW);
  await page.getByRole("dialog").getByLabel("text").fill("good day");
  await page.getByRole("dialog").getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("dialog").getByRole("status").first()).toContainText("good day", SLOW);
  await page.keyboard.press("Escape");

  await card.getByRole("button", { name: `Edit ${name}` }).click();
  await expect(dialog.getByLabel("Headers")).toBeEmpty();
  await expect(dialog.getByText(/Some are stored/)).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await card.getByRole("button", { name: `Refresh ${name}` }).click();
  await expect(page.getByText(new RegExp(`${name} has \\d+ tools`))).toBeVisible(SLOW);
  await card.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(card).toBeHidden(SLOW);
});

test("the dashboard counts what was asked, as picture, table and file, and keeps its view in the address", async ({
  page,
  baseURL,
}) => {
  await asked(page, baseURL);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, "/dashboard?range=1h", "Dashboard");
  await expect(region(page, "Just now")).toContainText("Live", SLOW);
  const calls = region(page, "Calls");
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return calls.getByRole("slider").count();
    }, SLOW)
    .toBe(1);
  await calls.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await expect(calls.getByRole("slider")).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("End");
  await expect(calls.getByRole("slider")).toHaveAttribute("aria-valuetext", /: /);

  await calls.getByRole("button", { name: "Calls as a table" }).click();
  await expect(calls.getByRole("table")).toContainText("Time");
  const download = page.waitForEvent("download");
  await calls.getByRole("button", { name: "Calls as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("parley-calls-1h.csv");

  await page.getByRole("combobox", { name: "Time", exact: true }).click();
  await page.getByRole("option", { name: "Last 7 days" }).click();
  await page.getByRole("combobox", { name: "Cut into" }).click();
  await page.getByRole("option", { name: "Days" }).click();
  await page.getByRole("combobox", { name: "Whose figures" }).click();
  await page.getByRole("option", { name: "Mine" }).click();
  await expect(page).toHaveURL(/\?range=7d&bucket=day&whose=mine$/);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Cut into" })).toHaveText("Days", SLOW);

  const drawer = page.getByRole("dialog");
  await region(page, "By agent").getByRole("button", { name: "Without an agent" }).click(SLOW);
  await expect(drawer.getByRole("list", { name: "Calls" })).toContainText("tokens", SLOW);
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await region(page, "By model").getByRole("table").getByRole("button").first().click(SLOW);
  await expect(drawer.getByRole("list", { name: "Calls" })).toContainText("tokens", SLOW);
  await expectAccessible(page);
  await drawer.getByRole("switch", { name: "Only those that failed" }).click();
  await expect(drawer.getByText("There are none")).toBeVisible(SLOW);
  await drawer.getByRole("switch", { name: "Only those that failed" }).click();
  await drawer.getByRole("link").first().click(SLOW);
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
  await expect(page.getByRole("article", { name: "Answer" }).first()).toBeVisible(SLOW);
});

test("what is remembered is added, pinned, reworded and forgotten, and forgetting can be undone", async ({
  page,
}) => {
  await open(page, "/settings", "Settings");
  const card = region(page, "Memory");
  await card.getByLabel("Remember").fill("I like tea");
  await card.getByRole("button", { name: "Add" }).click();
  await expect(card.getByText("I like tea")).toBeVisible(SLOW);
  await card.getByRole("button", { name: "Pin: I like tea" }).click();
  await expect(card.getByText(/^Pinned/)).toBeVisible(SLOW);
  await card.getByRole("button", { name: "Edit: I like tea" }).click();
  await card.getByLabel("What is known").fill("I like green tea");
  await card.getByRole("button", { name: "Save" }).click();
  await expect(card.getByRole("button", { name: "Edit: I like green tea" })).toBeFocused(SLOW);
  await card.getByRole("button", { name: "Forget: I like green tea" }).click(SLOW);
  await expect(card.getByText("Nothing is remembered yet")).toBeVisible(SLOW);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card.getByRole("button", { name: "Unpin: I like green tea" })).toBeVisible(SLOW);
  await card.getByRole("button", { name: "Forget: I like green tea" }).click();
  await expect(card.getByText("Nothing is remembered yet")).toBeVisible(SLOW);

  await card.getByRole("switch", { name: "Use memory" }).click();
  await page.reload();
  await expect(card.getByRole("switch", { name: "Use memory" })).not.toBeChecked(SLOW);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing an accessibility check would report about these pages, ${colorScheme}`, async ({
    page,
    baseURL,
  }) => {
    await asked(page, baseURL);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page, "/agents", "Agents");
    await expectAccessible(page);
    await open(page, "/agents?new", "New agent");
    await expectAccessible(page);
    await open(page, "/tools", "Tools");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Try calculator" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
    await open(page, "/dashboard", "Dashboard");
    await expect(region(page, "By model")).toBeVisible(SLOW);
    await expectAccessible(page);
    await open(page, "/settings", "Settings");
    await expect(page.getByRole("switch", { name: "Use memory" })).toBeVisible(SLOW);
    await expectAccessible(page);
    await open(page, "/gallery", "Gallery");
    await expectAccessible(page);
  });
}
