import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const thinking = (page: Page) => page.getByRole("button", { name: /^Thinking:/ });
const agents = (page: Page) => page.getByRole("button", { name: /^Agent:/ });
const card = (page: Page) => page.getByRole("group", { name: "Allow current_time?" });
const inspector = (page: Page) => page.getByRole("dialog", { name: "How this answer was made" });

async function ask<Data>(page: Page, query: string, variables: object = {}): Promise<Data> {
  const origin = new URL(page.url()).origin;
  const response = await page.request.post("/graphql", { data: { query, variables }, headers: { origin } });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** Takes away what an earlier try has left: agents of the same name, calls that wait, what is known of the person. */
async function startAnew(page: Page) {
  type Left = {
    agents: { id: string; editable: boolean }[];
    approvals: { edges: { node: { run: { id: string } } }[] };
    memories: { edges: { node: { id: string } }[] };
  };
  const { agents, approvals, memories } = await ask<Left>(
    page,
    `{ agents { id editable } memories { edges { node { id } } }
       approvals(pending: true) { edges { node { run { id } } } } }`,
  );
  const take = (mutation: string, id: string) =>
    ask(page, `mutation ($id: ID!) { ${mutation}(id: $id) { __typename } }`, { id });
  for (const { node } of approvals.edges) await take("cancelRun", node.run.id);
  for (const { id, editable } of agents) if (editable) await take("deleteAgent", id);
  for (const { node } of memories.edges) await take("forgetMemory", node.id);
}

/** Lets the scripted model call functions, and makes those tools ask that the journeys are about. */
async function withTools(page: Page) {
  const { models, tools } = await ask<{
    models: { id: string; name: string }[];
    tools: { id: string; name: string }[];
  }>(page, "{ models { id name } tools { id name } }");
  const update = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }";
  for (const { id } of models.filter(({ name }) => name === "scripted"))
    await ask(page, update, { input: { id, capabilities: ["tools", "json"], contextWindow: 32_768 } });
  const rule = "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { tools { id } } }";
  await ask(page, rule, { input: { pattern: "builtin/current_time", approval: "ASK" } });
  return (name: string) => tools.filter((tool) => tool.name === name).map(({ id }) => id);
}

async function makeAgent(page: Page, input: object): Promise<string> {
  const query = "mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }";
  const data = await ask<{ createAgent: { agent: { id: string } } }>(page, query, { input });
  return data.createAgent.agent.id;
}

async function openChat(page: Page) {
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
  await page.getByRole("button", { name: /^Model:/ }).click();
  await page.getByRole("menuitemradio", { name: /^scripted\b/ }).click();
}

async function pickAgent(page: Page, name: string) {
  await agents(page).click();
  await page.getByRole("menuitemradio", { name: new RegExp(`^${name}\\b`) }).click();
  await expect(agents(page)).toHaveAccessibleName(`Agent: ${name}`);
}

async function pickThinking(page: Page, name: string) {
  await thinking(page).click();
  await page.getByRole("menuitemradio", { name: new RegExp(`^${name}\\b`) }).click();
  await expect(thinking(page)).toHaveAccessibleName(`Thinking: ${name}`);
}

async function send(page: Page, question: string) {
  await composer(page).fill(question);
  await composer(page).press("Enter");
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
}

async function finished(page: Page) {
  await expect(answer(page).getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
}

test.beforeEach(async ({ page, baseURL }) => {
  // What goes on for as long as something waits never comes to rest otherwise.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn(page, baseURL);
  await page.goto("/chat");
  await startAnew(page);
});

test("a tool call waits for a person, who changes its arguments; it is heard of in another tab", async ({
  page,
  context,
}) => {
  const tools = await withTools(page);
  await makeAgent(page, { name: "Clerk", instructions: "You are a clerk.", toolIds: tools("current_time") });
  await openChat(page);
  await pickAgent(page, "Clerk");
  await send(page, "What time is it?");
  await expect(card(page)).toContainText("Mars", SLOW);

  const inbox = await context.newPage();
  await inbox.goto("/approvals");
  await expect(card(inbox)).toBeVisible(SLOW);

  await card(page).getByRole("button", { name: "Edit arguments" }).click();
  const field = card(page).getByRole("textbox", { name: "Arguments" });
  await field.fill('{"time_zone": Rome}');
  await expect(card(page)).toContainText("This is not JSON yet");
  await expect(card(page).getByRole("button", { name: "Allow with these" })).toBeDisabled();
  await field.fill('{"time_zone": "Europe/Rome"}');
  await field.press("Control+Enter");
  await expect(card(page)).toBeHidden(SLOW);
  await expect(answer(page)).toBeFocused();
  await finished(page);
  await expect(answer(page)).toContainText("Europe/Rome");
  await expect(card(inbox)).toBeHidden(SLOW);
  await inbox.getByRole("tab", { name: "Decided" }).click();
  await expect(inbox.getByText("Allowed").first()).toBeVisible(SLOW);

  await answer(page)
    .getByRole("button", { name: /current_time/ })
    .click();
  await expect(answer(page).getByRole("list", { name: "Tools used" })).toContainText("Arguments");
  await expect(agents(page)).toHaveAccessibleName("Agent: Clerk");
});

test("the inbox counts what waits; a call is declined with words, and the answer goes on", async ({
  page,
  isMobile,
}) => {
  const tools = await withTools(page);
  await makeAgent(page, {
    name: "Porter",
    instructions: "You are a porter.",
    toolIds: tools("current_time"),
  });
  await openChat(page);
  await pickAgent(page, "Porter");
  await send(page, "What time is it?");
  await expect(card(page)).toBeVisible(SLOW);
  if (!isMobile) await expect(page.getByRole("link", { name: "Approvals 1 waiting" })).toBeVisible(SLOW);
  await page.goto("/approvals");
  await expect(card(page)).toBeVisible(SLOW);
  await expectAccessible(page);
  await card(page).getByRole("button", { name: "Decline…" }).click();
  await page.keyboard.press("Escape");
  await expect(card(page).getByRole("button", { name: "Decline…" })).toBeFocused();
  await card(page).getByRole("button", { name: "Decline…" }).click();
  await page.getByRole("textbox", { name: "Why not" }).fill("Look at the tower instead");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing waits for you")).toBeVisible(SLOW);
  await page.getByRole("tab", { name: "Decided" }).click();
  await page.getByRole("link", { name: "What time is it?" }).first().click();
  await finished(page);
  await expect(answer(page)).toContainText("Look at the tower instead");
});

test("what is allowed in a chat is not asked for again in it", async ({ page }) => {
  const tools = await withTools(page);
  await makeAgent(page, { name: "Usher", instructions: "You are an usher.", toolIds: tools("current_time") });
  await openChat(page);
  await pickAgent(page, "Usher");
  await send(page, "What time is it?");
  await card(page).getByRole("button", { name: "Allow for longer" }).click(SLOW);
  await page.getByRole("menuitem", { name: "Allow in this chat" }).click();
  await finished(page);
  await composer(page).fill("What time is it now?");
  await composer(page).press("Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(2, SLOW);
  await finished(page);
  await expect(answer(page).getByRole("button", { name: /current_time failed/ })).toBeVisible();
});

test("a plan is seen as it goes, folds away, and is found again; the chat keeps its way of thinking", async ({
  page,
}) => {
  await withTools(page);
  await openChat(page);
  await pickThinking(page, "Plan");
  await send(page, "How many bridges are there?");
  const plan = answer(page).getByRole("button", { name: /^Plan/ });
  await expect(answer(page).getByRole("list", { name: "Plan" })).toContainText("(under way)", SLOW);
  await finished(page);
  await expect(plan).toHaveText("Plan · 2 steps done");
  await expect(plan).toHaveAttribute("aria-expanded", "false");
  await page.reload();
  await finished(page);
  await expect(thinking(page)).toHaveAccessibleName("Thinking: Plan");
  await plan.click();
  await expect(answer(page).getByRole("list", { name: "Plan" })).toContainText(
    "Count the bridges (done)",
    SLOW,
  );
  await expectAccessible(page);
});

test("approaches are compared; another one makes another answer", async ({ page }) => {
  await withTools(page);
  await openChat(page);
  await pickThinking(page, "Look ahead");
  await send(page, "How do I get a garden?");
  const fold = answer(page).getByRole("button", { name: "Compared 3 approaches · took “Share a garden”" });
  await fold.click(SLOW);
  const list = answer(page).getByRole("list", { name: "Approaches" });
  await expect(list).toContainText("Easy within three months.");
  await expectAccessible(page);
  await list
    .getByRole("listitem")
    .filter({ hasText: "Rent a garden" })
    .getByRole("button", { name: "Answer along this one" })
    .click();
  await expect(answer(page).getByRole("group", { name: "Versions" })).toContainText("2/2", SLOW);
  await finished(page);
  await expect(answer(page).getByRole("button", { name: /took “Rent a garden”$/ })).toBeVisible(SLOW);
});

test("an answer says who took over, what was known, and how it was made", async ({ page }) => {
  await withTools(page);
  const memory = "mutation ($input: AddMemoryInput!) { addMemory(input: $input) { memory { id } } }";
  await ask(page, memory, { input: { text: "Ada lives in London.", pinned: true } });
  const expert = await makeAgent(page, { name: "Expert", instructions: "You know." });
  await makeAgent(page, { name: "Desk", instructions: "You ask.", handoffIds: [expert] });
  await openChat(page);
  await pickAgent(page, "Desk");
  await send(page, "Ask the expert, please");
  await finished(page);
  await expect(answer(page).getByText("Expert took over")).toBeVisible();

  await answer(page).getByRole("button", { name: "1 memory" }).click();
  const memories = page.getByRole("dialog", { name: "Memories used" });
  await expect(memories).toContainText("Ada lives in London.", SLOW);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: /^Context: \d/ }).click(SLOW);
  await expect(page.getByRole("dialog", { name: "Context" })).toContainText("Window of the model");
  await page.keyboard.press("Escape");

  await answer(page).getByRole("button", { name: "How it was made" }).click();
  await expect(inspector(page).getByRole("list", { name: "Steps" })).toContainText("Desk", SLOW);
  await expect(inspector(page).getByRole("table")).toContainText("scripted");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(inspector(page)).toBeHidden();
});

test("a long result is shown from its beginning, and whole when one asks", async ({ page }) => {
  const tools = await withTools(page);
  await makeAgent(page, { name: "Printer", instructions: "You print.", toolIds: tools("run_python") });
  await openChat(page);
  await pickAgent(page, "Printer");
  await send(page, "Print a lot");
  await finished(page);
  await answer(page)
    .getByRole("button", { name: /run_python/ })
    .click();
  const call = answer(page).getByRole("list", { name: "Tools used" });
  await expect(call).not.toContainText("the end");
  await call.getByRole("button", { name: "Show all" }).click();
  await expect(call).toContainText("the end", SLOW);
});

test("nothing an accessibility check would report in the dark", async ({ page }) => {
  const tools = await withTools(page);
  await makeAgent(page, { name: "Night", instructions: "You are a clerk.", toolIds: tools("current_time") });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await openChat(page);
  await pickAgent(page, "Night");
  await pickThinking(page, "Direct");
  await send(page, "What time is it?");
  await expect(card(page)).toBeVisible(SLOW);
  await expectAccessible(page);
  await card(page).getByRole("button", { name: "Edit arguments" }).click();
  await card(page).getByRole("textbox", { name: "Arguments" }).fill("[]");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(card(page).getByRole("button", { name: "Edit arguments" })).toBeFocused();
  await card(page).getByRole("button", { name: "Allow once" }).click();
  await finished(page);
  await answer(page).getByRole("button", { name: "How it was made" }).click();
  await expect(inspector(page).getByRole("list", { name: "Steps" })).toContainText("current_time", SLOW);
  await expectAccessible(page);
});
