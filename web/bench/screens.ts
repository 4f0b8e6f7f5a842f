import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";

import { chatOf, talk } from "../e2e/chats";
import { enter } from "./usage";

const FOLDER = process.env.PARLEY_SCREENS ?? "";
const SIZES = {
  "": { viewport: { width: 1440, height: 900 } },
  "-phone": { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};
const QUESTION =
  "Our import reads 40 GB of CSV into PostgreSQL each night and takes three hours. Where would you look first?";
const TITLES = [
  "Letter to the landlord",
  "Names for the sensor library",
  "Retry policy of the queue",
  "Trip to Trieste by train",
  "Why the build is slow",
  "Reading list on scheduling",
  "Budget for the workshop",
  "Translate the safety sheet",
  "Interview questions, backend",
];

async function ask(page: Page, query: string, input: object) {
  const origin = new URL(page.url()).origin;
  const response = await page.request.post("/graphql", {
    data: { query, variables: { input } },
    headers: { origin },
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

async function say(page: Page, words: string) {
  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await field.fill(words);
  await expect(page.getByRole("button", { name: /^Would ask/ })).toBeVisible({ timeout: 30_000 });
  await field.press("Enter");
}

/** Chats, an agent, and a call that waits. Returns the address of the chat to be seen. */
async function furnish(page: Page, baseURL: string | undefined): Promise<string> {
  await page.goto("/chat");
  for (const title of TITLES)
    await chatOf(
      page,
      baseURL,
      title,
      talk(2, () => title),
    );
  const { tools } = await ask(page, "{ tools { id name } }", {});
  const toolIds = tools
    .filter(({ name }: { name: string }) => name === "web_fetch")
    .map(({ id }: { id: string }) => id);
  await ask(
    page,
    "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { tools { id } } }",
    {
      pattern: "builtin/web_fetch",
      approval: "ASK",
    },
  );
  const make = "mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }";
  const buyer = await ask(page, make, {
    name: "Buyer",
    description: "Compares offers, and looks prices up where they are published.",
    instructions: "You compare offers. Look prices up; never guess them.",
    toolIds,
  });
  await ask(page, "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }", {
    content: "What are this year's prices for steel pipes?",
    agentId: buyer.createAgent.agent.id,
  });
  await page.goto("/approvals");
  await expect(page.getByRole("group", { name: /^Allow/ })).toBeVisible({ timeout: 30_000 });
  await page.goto("/chat");
  await say(page, QUESTION);
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible({ timeout: 30_000 });
  return new URL(page.url()).pathname;
}

/** The pages, and what is there when a page is whole. */
const pages = (chat: string): { name: string; path: string; ready: (page: Page) => Promise<void> }[] => [
  {
    name: "chat",
    path: chat,
    ready: async (page) => expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible(),
  },
  {
    name: "models",
    path: "/models",
    ready: async (page) => expect(page.getByRole("heading", { name: /^qwen3/i })).toBeVisible(),
  },
  {
    name: "dashboard",
    path: "/dashboard?range=7d",
    ready: async (page) => expect(page.getByRole("region", { name: "By model", exact: true })).toBeVisible(),
  },
  {
    name: "agents",
    path: "/agents",
    ready: async (page) => expect(page.getByRole("link", { name: "Buyer", exact: true })).toBeVisible(),
  },
  {
    name: "workflows",
    path: "/workflows",
    ready: async (page) => {
      await page.getByRole("link", { name: "Research", exact: true }).click();
      await expect(page.getByRole("figure", { name: "Graph of the workflow" })).toBeVisible();
    },
  },
  {
    name: "approvals",
    path: "/approvals",
    ready: async (page) => expect(page.getByRole("group", { name: /^Allow/ })).toBeVisible(),
  },
  {
    name: "tools",
    path: "/tools",
    ready: async (page) => expect(page.getByRole("button", { name: "Try calculator" })).toBeVisible(),
  },
];

test("pictures of the main pages", async ({ browser, baseURL }) => {
  const first = await (await browser.newContext({ baseURL })).newPage();
  await enter(first, baseURL);
  const chat = await furnish(first, baseURL);
  for (const [size, form] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ baseURL, colorScheme, reducedMotion: "reduce", ...form });
      const page = await context.newPage();
      await enter(page, baseURL);
      for (const { name, path, ready } of pages(chat)) {
        await page.goto(path);
        await ready(page);
        await page.waitForLoadState("networkidle");
        await page.evaluate(() => document.fonts.ready);
        // The list of messages finds its end, and what fades in has done so.
        await page.waitForTimeout(700);
        const theme = colorScheme === "dark" ? "-dark" : "";
        await page.screenshot({ path: join(FOLDER, `${name}${size}${theme}.png`) });
      }
      await context.close();
    }
  }
});
