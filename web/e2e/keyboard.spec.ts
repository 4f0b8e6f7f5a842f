import { chatOf, talk } from "./chats";
import { expect, test } from "./hands";
import { SLOW, signedIn } from "./shared";

// All other journeys are made by keyboard in a project of its own; here is where the focus goes, at any time.
test.use({ hands: "keyboard" });

test.beforeEach(async ({ page, baseURL, isMobile }) => {
  test.skip(isMobile, "phones have no keyboard");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signedIn(page, baseURL);
});

test("the focus goes to what opens, and comes back from what closes", async ({ page, baseURL }) => {
  const name = `Still water ${Date.now()}`;
  const said = talk(2, (index) => `Depth ${index}`);
  await page.goto(await chatOf(page, baseURL, name, said));
  const edit = page.getByRole("button", { name: "Edit message" });
  await edit.click(SLOW);
  await expect(page.getByRole("textbox", { name: "Edit message" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(edit).toBeFocused();

  const actions = page.getByRole("button", { name: `Actions for ${name}` });
  await actions.click();
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(actions).toBeFocused();
  await actions.click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await expect(page.getByRole("textbox", { name: "Chat title" })).toBeFocused();
  await page.keyboard.insertText(`Deep ${name}`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: `Deep ${name}`, exact: true })).toBeFocused();

  const more = page.getByRole("button", { name: "Chat actions" });
  await more.click();
  await page.getByRole("menuitem", { name: "Branches" }).click();
  await expect(page.getByRole("tree", { name: "Branches" })).toBeVisible(SLOW);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("tree", { name: "Branches" })).toBeHidden();

  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await field.focus();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("textbox", { name: "Edit message" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(field).toBeFocused();
  await more.focus();
  await page.keyboard.press("Control+Shift+O");
  await expect(page).toHaveURL(/\/chat$/);
  await expect(field).toBeFocused();
});

test("a chat is not renamed after all while it is answered, and the answer goes on", async ({ page }) => {
  const name = `Take your time ${Date.now()}`;
  await page.goto("/chat");
  await page.getByRole("button", { name: /^Model:/ }).click(SLOW);
  await page.getByRole("menuitemradio", { name: /^scripted\b/ }).click();
  await page.getByRole("textbox", { name: "Message", exact: true }).fill(name);
  await page.keyboard.press("Enter");
  const stop = page.getByRole("button", { name: "Stop", exact: true });
  await expect(stop).toBeVisible(SLOW);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const field = page.getByRole("textbox", { name: "Chat title" });
  await expect(field).toBeFocused();
  await field.press("Escape");
  await expect(page.getByRole("link", { name })).toBeFocused();
  await expect(stop).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(stop).toBeHidden(SLOW);
});

for (const [what, html, why] of [
  ["leads nowhere", `<button tabindex="-1">Go</button>`, /cannot be reached by keyboard/],
  ["does not show", `<style>button { outline: 0 }</style><button>Go</button>`, /looks as it does without/],
  ["is out of sight", `<button style="position: fixed; left: -999px">Go</button>`, /outside of the window/],
  ["cannot be seen", `<button style="opacity: 0">Go</button>`, /is not visible/],
] as const) {
  test(`a journey by keyboard fails where the focus ${what}`, async ({ page }) => {
    await page.setContent(`<a href="#before">Before</a>${html}<a href="#after">After</a>`);
    await expect(page.getByText("Go").click()).rejects.toThrow(why);
    await page.getByText("After").click();
    await expect(page).toHaveURL(/#after$/);
  });
}
