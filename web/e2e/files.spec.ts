import type { Page } from "@playwright/test";

import { expect, test } from "./hands";
import { expectAccessible, SLOW, signedIn } from "./shared";

const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
const waiting = (page: Page) => page.getByRole("list", { name: "Files for the next message" });
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true });
const question = (page: Page) => page.getByRole("article", { name: "You" }).last();

const NOTES = { name: "notes.md", mimeType: "text/markdown", buffer: Buffer.from("# Rivers\n\nThe Elbe.") };
const ARCHIVE = {
  name: "all.zip",
  mimeType: "application/zip",
  buffer: Buffer.from("PK\u0003\u0004\u0000\u0000"),
};

/** Puts files into the page's clipboard event or drop, as a person's hand would. */
async function bring(page: Page, event: "paste" | "drop") {
  await page.evaluate(async (kind) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
    canvas.getContext("2d")?.fillRect(0, 0, 40, 30);
    const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    const data = new DataTransfer();
    data.items.add(new File(picture ? [picture] : [], `${kind}.png`, { type: "image/png" }));
    const init = { bubbles: true, cancelable: true };
    const target = document.querySelector("textarea") ?? document.body;
    if (kind === "paste") target.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: data }));
    else target.dispatchEvent(new DragEvent("drop", { ...init, dataTransfer: data }));
  }, event);
}

test.beforeEach(async ({ page, baseURL }) => {
  await signedIn(page, baseURL);
  await page.goto("/chat");
  await expect(composer(page)).toBeVisible(SLOW);
});

test("files are chosen, pasted and dropped, taken back, and go with a message", async ({ page }) => {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles([NOTES, ARCHIVE]);
  await bring(page, "paste");
  await bring(page, "drop");

  const chips = waiting(page).getByRole("listitem");
  await expect(chips).toHaveCount(4);
  await expect(chips.filter({ hasText: "notes.md" })).toContainText("19 B", SLOW);
  await expect(chips.filter({ hasText: "all.zip" })).toContainText("which is not accepted", SLOW);
  await expect(chips.filter({ hasText: "paste.png" })).toContainText(/\d+ B/, SLOW);
  await expect(chips.filter({ hasText: "drop.png" })).toContainText(/\d+ B/, SLOW);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Remove all.zip" }).click();
  await page.getByRole("button", { name: "Remove drop.png" }).focus();
  await page.keyboard.press("Enter");
  await expect(chips).toHaveCount(2);
  await composer(page).fill("What do these say?");
  await send(page).click();

  await expect(waiting(page)).toBeHidden();
  await expect(question(page)).toContainText("What do these say?");
  const picture = question(page).getByRole("img", { name: "paste.png" });
  await expect(picture).toHaveJSProperty("naturalWidth", 40, SLOW);
  const download = page.waitForEvent("download");
  await question(page).getByRole("link", { name: "Download notes.md" }).click();
  expect((await download).suggestedFilename()).toBe("notes.md");

  await expect(page).toHaveURL(/\/chat\/chat_/, SLOW); // the server has it
  await page.reload();
  await expect(question(page).getByRole("img", { name: "paste.png" })).toHaveJSProperty(
    "naturalWidth",
    40,
    SLOW,
  );
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);
  await expectAccessible(page);
});

test("a file alone is a message, and an edited one keeps its files", async ({ page }) => {
  await page.getByTestId("file-picker").setInputFiles(NOTES);
  await expect(waiting(page)).toContainText("19 B", SLOW);
  await composer(page).press("Enter");
  await expect(question(page).getByRole("link", { name: "Download notes.md" })).toBeVisible(SLOW);
  await expect(page.getByRole("button", { name: "Regenerate" })).toBeVisible(SLOW);

  await question(page).hover();
  await question(page).getByRole("button", { name: "Edit message" }).click();
  await page.getByRole("textbox", { name: "Edit message" }).fill("Sum it up");
  await page.getByRole("textbox", { name: "Edit message" }).press("Enter");

  await expect(question(page)).toContainText("Sum it up", SLOW);
  await expect(question(page).getByRole("link", { name: "Download notes.md" })).toBeVisible(SLOW);
});
