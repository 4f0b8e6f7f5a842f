import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const definition = (page: Page) => page.getByRole("textbox", { name: "Definition" });
const graph = (page: Page) => page.getByRole("figure", { name: "Graph of the workflow" });
const problems = (page: Page) => page.getByRole("list", { name: "Problems" });
const inspector = (page: Page) => page.getByRole("dialog", { name: "How this answer was made" });

const flow = (next: string) =>
  JSON.stringify({
    steps: [
      {
        name: "look",
        kind: "agent",
        title: "Look around",
        prompt: "Look: {{input}}",
        model: "scripted",
        next,
      },
      {
        name: "ask",
        kind: "approval",
        title: "Ask first",
        text: "{{steps.look.output}}",
        next: "tell",
      },
      {
        name: "tell",
        kind: "agent",
        title: "Tell it",
        prompt: "Tell: {{steps.ask.output}}",
        model: "scripted",
      },
    ],
  });

async function finished(page: Page) {
  await expect(answer(page).getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
}

test.beforeEach(async ({ page, baseURL }) => {
  // What goes on for as long as something waits never comes to rest otherwise.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn(page, baseURL);
});

test("a workflow is made, checked as it is written, tried, agreed to, inspected and chosen in a chat", async ({
  page,
}) => {
  await page.goto("/workflows");
  await expect(page.getByRole("region", { name: "Come with Parley" })).toContainText("Research", SLOW);
  await expectAccessible(page);
  await page.getByRole("link", { name: "New workflow" }).click();

  await page.getByRole("textbox", { name: "Name" }).fill("Careful");
  await definition(page).fill('{"steps": [');
  await expect(problems(page)).toContainText("This is not JSON yet");
  await definition(page).fill(flow("nowhere"));
  await expect(problems(page)).toContainText("steps[0].next: there is no step 'nowhere'", SLOW);
  await expectAccessible(page);
  await definition(page).fill(flow("ask"));
  await expect(page.getByText("Nothing is wrong with it.")).toBeVisible(SLOW);
  await expect(graph(page).getByRole("listitem").first()).toHaveText("Look around (agent); then Ask first");
  await page.getByRole("button", { name: "Create workflow" }).click();

  await page
    .getByRole("region", { name: "Yours" })
    .getByRole("link", { name: "Careful", exact: true })
    .first()
    .click(SLOW);
  await page.getByRole("textbox", { name: "Try it on a message" }).fill("Is the road free?");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page).toHaveURL(/\/chat\/.+/, SLOW);
  const card = page.getByRole("group", { name: "Allow ask?" });
  await expect(card).toContainText("Careful", SLOW);
  await expect(answer(page).getByRole("list", { name: "Plan" })).toContainText("Look around (done)");

  await answer(page).getByRole("button", { name: "How it was made" }).click();
  const steps = inspector(page).getByRole("figure", { name: "Steps of the workflow" });
  await expect(steps).toContainText("Ask first (approval, under way); then Tell it", SLOW);
  await expect(inspector(page).getByText("0 tokens", { exact: true })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await card.getByRole("button", { name: "Allow once" }).click();
  await finished(page);
  await expect(answer(page).getByRole("button", { name: "Workflow · 3 steps done" })).toBeVisible();
  await answer(page).getByRole("button", { name: "How it was made" }).click();
  await expect(steps).toContainText("Tell it (agent, done)", SLOW);
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  // The chat goes on by the workflow, unless an agent is chosen again.
  const picker = page.getByRole("button", { name: /^(Agent|Workflow):/ });
  await expect(picker).toHaveAccessibleName("Workflow: Careful");
  await expect(page.getByRole("button", { name: /^Thinking:/ })).toBeHidden();
  await picker.click();
  await page.getByRole("menuitemradio", { name: /^Panel\b/ }).click();
  await expect(picker).toHaveAccessibleName("Workflow: Panel");
  await composer(page).fill("Which road?");
  await composer(page).press("Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(2, SLOW);
  await finished(page);
  await expect(answer(page).getByRole("group", { name: "Versions" })).toContainText("1/4", SLOW);
  await answer(page).getByRole("button", { name: "Next version" }).click();
  await expect(answer(page).getByRole("group", { name: "Versions" })).toContainText("2/4", SLOW);
  await expect(answer(page)).toContainText(/\w/);
});
