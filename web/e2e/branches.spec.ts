import { chatOf, talk } from "./chats";
import { answers, ask, composer, enter, finished, pick, questions, versions } from "./conversation";
import { expect, test } from "./hands";
import { expectAccessible, SLOW } from "./shared";

test.beforeEach(async ({ page, baseURL }) => {
  await enter(page, baseURL);
  await pick(page, "scripted");
});

test("regenerate puts a second version beside the first", async ({ page }) => {
  await ask(page, "Tell me about hills");
  await finished(page);
  await answers(page).last().getByRole("button", { name: "Regenerate" }).click();
  await page.getByRole("menuitem", { name: "Try again" }).click();
  await expect(versions(answers(page).last())).toContainText("2/2", SLOW);
  await answers(page).last().getByRole("button", { name: "Previous version" }).click();
  await expect(versions(answers(page).last())).toContainText("1/2", SLOW);
  await expect(answers(page)).toHaveCount(1);
});

test("editing a message makes a branch and keeps the old one", async ({ page }) => {
  await ask(page, "Tell me about dunes");
  await finished(page);
  await questions(page).last().hover();
  await questions(page).last().getByRole("button", { name: "Edit message" }).click();
  await page.getByRole("textbox", { name: "Edit message" }).fill("Tell me about deserts");
  await page.getByRole("textbox", { name: "Edit message" }).press("Enter");
  await expect(questions(page).last()).toContainText("deserts");
  await finished(page);
  await expect(versions(questions(page).last())).toContainText("2/2");
  await questions(page).last().getByRole("button", { name: "Previous version" }).click();
  await expect(questions(page).last()).toContainText("dunes", SLOW);
  await expect(answers(page).last().locator(".markdown")).not.toBeEmpty();
});

test("the branches of a chat are a tree that the keys walk, and each can be gone to", async ({
  page,
  baseURL,
}) => {
  const words = ["a question", "an answer", "what then?", "then this", "what instead?", "instead that"];
  const parents = [null, "m0", "m1", "m2", "m1", "m4"];
  const said = talk(6, (at) => words[at] ?? "").map((message, at) => ({
    ...message,
    parentId: parents[at] ?? null,
  }));
  await page.goto(await chatOf(page, baseURL, `Branches ${Date.now()}`, said));
  await expect(page.getByText("instead that")).toBeVisible(SLOW);
  await page.getByRole("button", { name: "Chat actions" }).click();
  await page.getByRole("menuitem", { name: "Branches…" }).click();

  const tree = page.getByRole("tree", { name: "Branches" });
  await expect(tree.getByRole("treeitem")).toHaveCount(2, SLOW);
  const other = tree.getByRole("treeitem", { name: /Another question, after 2 messages/ });
  await expect(other).toHaveAttribute("aria-selected", "true");
  await expectAccessible(page);
  await other.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(tree.getByRole("treeitem")).toHaveCount(1);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");

  await expect(tree).toBeHidden(SLOW);
  await expect(page.getByText("then this")).toBeVisible(SLOW);
  await expect(page.getByText("instead that")).toBeHidden();
});

test("find, quote and fork", async ({ page, baseURL }) => {
  const name = `Walks ${Date.now()}`;
  const path = await chatOf(
    page,
    baseURL,
    name,
    talk(160, (index) => (index === 3 || index === 101 ? "A walk by the estuary." : `Step ${index}`)),
  );
  await page.goto(path);
  await expect(answers(page).last()).toContainText("Step 159", SLOW);
  await page.getByRole("button", { name: "Chat actions" }).click();
  await page.getByRole("menuitem", { name: "Find in chat" }).click();
  const field = page.getByRole("textbox", { name: "Find in chat" });
  await expect(field).toBeFocused();
  await field.fill("ESTUARY");
  const found = page.getByRole("search").getByRole("status");
  await expect(found).toHaveText("2 of 2", SLOW);
  await expect(answers(page).filter({ hasText: "estuary" })).toBeInViewport();
  await field.press("Enter");
  await expect(found).toHaveText("1 of 2");
  const first = answers(page).filter({ hasText: "estuary" });
  await expect(first).toBeInViewport();
  expect(await page.evaluate(() => CSS.highlights.get("find-in-chat")?.size)).toBeGreaterThan(0);
  await expectAccessible(page);
  await field.press("Escape");
  await expect(composer(page)).toBeFocused();

  await first.getByRole("button", { name: "Quote" }).click();
  await expect(composer(page)).toHaveValue("> A walk by the estuary.\n\n");
  await composer(page).fill("");

  await first.getByRole("button", { name: "Fork from here" }).click();
  await expect(page).not.toHaveURL(new RegExp(`${path}$`));
  await expect(answers(page).last()).toContainText("estuary", SLOW);
  await expect(questions(page).or(answers(page))).toHaveCount(4);
});
