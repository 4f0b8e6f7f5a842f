import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const MCP_URL = process.env.PARLEY_E2E_MCP;

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const question = (page: Page) => page.getByRole("group", { name: "book asks you" });

async function ask<Data>(page: Page, query: string, input: object = {}): Promise<Data> {
  const origin = new URL(page.url()).origin;
  const data = { query, variables: { input } };
  const response = await page.request.post("/graphql", { data, headers: { origin } });
  const { data: found, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return found;
}

/** The server of tools, and an agent that calls them without asking first. */
async function withServer(page: Page) {
  type Kept = { mcpServers: { id: string; name: string }[]; models: { id: string; name: string }[] };
  const { mcpServers, models } = await ask<Kept>(page, "{ mcpServers { id name } models { id name } }");
  if (mcpServers.some(({ name }) => name === "web")) return;
  const add = "mutation ($input: AddMcpServerInput!) { addMcpServer(input: $input) { mcpServer { id } } }";
  const headers = { Authorization: "Bearer of the journeys" };
  const server = { name: "web", transport: "STREAMABLE_HTTP", url: MCP_URL, headers };
  const { addMcpServer } = await ask<{ addMcpServer: { mcpServer: { id: string } } }>(page, add, server);
  const update = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }";
  for (const { id } of models.filter(({ name }) => name === "scripted"))
    await ask(page, update, { id, capabilities: ["tools", "json"], contextWindow: 32_768 });
  const rule = "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { tools { id } } }";
  await ask(page, rule, { pattern: "web/*", approval: "ALWAYS_ALLOW" });
  const make = "mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }";
  await ask(page, make, { name: "Booker", mcpServerIds: [addMcpServer.mcpServer.id] });
}

async function openChat(page: Page) {
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
}

test.beforeEach(async ({ page, baseURL }) => {
  test.skip(!MCP_URL, "PARLEY_E2E_MCP is not set");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn(page, baseURL);
  await page.goto("/chat");
  await withServer(page);
});

test("a tool asks in the middle of its call; the form says what is wrong, and the answer goes to the tool", async ({
  page,
  context,
}) => {
  await openChat(page);
  await page.getByRole("button", { name: /^Model:/ }).click();
  await page.getByRole("menuitemradio", { name: /^scripted\b/ }).click();
  await page.getByRole("button", { name: /^Agent:/ }).click();
  await page.getByRole("menuitemradio", { name: /^Booker\b/ }).click();
  await composer(page).fill("Book a seat");
  await composer(page).press("Enter");
  await expect(question(page)).toContainText("Which seat?", SLOW);
  await expectAccessible(page);

  const inbox = await context.newPage();
  await inbox.emulateMedia({ reducedMotion: "reduce" });
  await inbox.goto("/approvals");
  await expect(question(inbox)).toBeVisible(SLOW);

  const row = question(inbox).getByRole("textbox", { name: "Row" });
  await question(inbox).getByRole("button", { name: "Send answer" }).click();
  await expect(row).toHaveAccessibleDescription("Is needed");
  await row.fill("41");
  await question(inbox).getByRole("button", { name: "Send answer" }).click();
  await expect(row).toHaveAccessibleDescription("Must be at most 40", SLOW);
  await expectAccessible(inbox);
  await row.fill("7");
  await question(inbox).getByRole("checkbox", { name: "cake" }).check();
  await question(inbox).getByRole("button", { name: "Send answer" }).click();

  await expect(question(inbox)).toBeHidden(SLOW);
  await expect(question(page)).toBeHidden(SLOW);
  await expect(answer(page)).toContainText('"meal": ["cake"]', SLOW);
  await expect(answer(page)).toContainText('"row": 7');
  await inbox.getByRole("tab", { name: "Decided" }).click();
  await expect(inbox.getByText("Answered").first()).toBeVisible(SLOW);
});

test("a slash lists what servers offer: a prompt comes into the field, a resource is attached", async ({
  page,
}) => {
  await openChat(page);
  await composer(page).fill("/");
  const menu = page.getByRole("dialog");
  await menu.getByRole("option", { name: /A poem/ }).click(SLOW);
  await expectAccessible(page);
  await menu.getByLabel("about").fill("the sea");
  await menu.getByRole("button", { name: "Write it" }).click();
  await expect(composer(page)).toHaveValue("Write a poem about the sea.", SLOW);
  await expect(page.getByRole("article")).toHaveCount(0);

  await composer(page).fill("/");
  await menu.getByRole("option", { name: /A dot/ }).click(SLOW);
  await expect(menu.getByRole("alert")).toContainText("It is no text", SLOW);
  await menu.getByRole("option", { name: /notes\.md/ }).click();
  await expect(menu).toBeHidden(SLOW);
  await expect(page.getByRole("listitem").filter({ hasText: "notes.md" })).toBeVisible(SLOW);
  await expect(composer(page)).toHaveValue("");
});

test("who comes back from signing in without having begun it is told so", async ({ page }) => {
  await page.goto("/tools/sign-in?state=nobody-knows&code=made-up");
  await expect(page.getByText("Not signed in", { exact: true })).toBeVisible(SLOW);
  await expect(page).toHaveURL(/\/tools\/sign-in$/);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Back to the tools" }).click();
  await expect(page.getByRole("region", { name: "web", exact: true })).toBeVisible(SLOW);
});
