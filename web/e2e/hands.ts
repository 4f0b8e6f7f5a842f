import { test as base, expect, type Locator } from "@playwright/test";

import { LOOK, type Look } from "./focus";

export { expect };

/** How a person works with the page. */
export type Hands = "pointer" | "keyboard";

/** More than any page has to walk through. */
const PRESSES = 200;
/** What a look says of an element that has been scrolled away. */
const AWAY = "is outside of the window";
/** How long something may be on its way: a dialog that closes, a ring that fades in. */
const PATIENCE = 5_000;

type Waiting = { timeout?: number };

const rest = (target: Locator) => target.page().evaluate(() => new Promise((done) => setTimeout(done, 20)));

/** Asks the page again and again until `enough`, or until patience ends; returns the last look. */
async function look(target: Locator, enough: (look: Look) => boolean, options: Waiting): Promise<Look> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const seen = await target.evaluate(LOOK, undefined, options);
    if (enough(seen) || Date.now() > end) return seen;
    await rest(target);
  }
}

/** Goes to `target` with Tab and the arrow keys alone, and sees that the focus shows there. */
async function reach(target: Locator, { timeout = 30_000 }: Waiting = {}): Promise<Look> {
  const { keyboard } = target.page();
  const options = { timeout };
  await expect(target).toBeEnabled(options);
  let seen = await look(target, ({ here, early }) => here || !early, options);
  if (seen.here && seen.unseen === AWAY) {
    // What came before it has pushed it out; a step away and back brings it into the window again.
    await keyboard.press("Shift+Tab");
    seen = await look(target, ({ here }) => !here, options);
  }
  const before = seen.here ? null : seen.style;
  let stuck = "";
  for (let pressed = 0; !seen.here; ) {
    if (pressed >= PRESSES)
      throw new Error(
        `${target} cannot be reached by keyboard: after ${pressed} keys the focus was at ${seen.focus}`,
      );
    const key = seen.key === stuck ? (stuck === "Tab" ? "Shift+Tab" : "Tab") : seen.key;
    const times = key === seen.key ? Math.min(seen.times, PRESSES - pressed) : 1;
    for (let time = 0; time < times; time += 1) await keyboard.press(key);
    pressed += times;
    if (key.startsWith("Arrow")) await rest(target);
    const next = await look(target, ({ here, early }) => here || !early, options);
    // Some fields keep Tab to themselves: the other way round may lead out of them.
    if (next.at === seen.at && key.endsWith("Tab") && times === 1) stuck = key;
    seen = next;
  }
  const shows = ({ style, caret }: Look) => caret || before === null || style !== before;
  const arrived = await look(target, (now) => now.here && !now.unseen && shows(now), options);
  if (!arrived.here) return reach(target, options);
  if (arrived.unseen) throw new Error(`${target} has the focus, but ${arrived.unseen}`);
  if (!shows(arrived))
    throw new Error(`${target} has the focus, but looks as it does without: ${arrived.focus}`);
  return arrived;
}

/** What journeys do with an element, by somebody who has no mouse. */
const BY_KEYBOARD = {
  async click(this: Locator, options?: Waiting) {
    const { use } = await reach(this, options);
    if (use) await this.page().keyboard.press(use);
  },
  async check(this: Locator, options?: Waiting) {
    if (!(await this.isChecked(options))) await BY_KEYBOARD.click.call(this, options);
    await expect(this).toBeChecked();
  },
  async uncheck(this: Locator, options?: Waiting) {
    if (await this.isChecked(options)) await BY_KEYBOARD.click.call(this, options);
    await expect(this).not.toBeChecked();
  },
  async fill(this: Locator, text: string, options?: Waiting) {
    await reach(this, options);
    const { keyboard } = this.page();
    await keyboard.press("Control+A");
    await (text ? keyboard.insertText(text) : keyboard.press("Delete"));
  },
  async press(this: Locator, key: string, options?: Waiting) {
    await reach(this, options);
    await this.page().keyboard.press(key);
  },
  async pressSequentially(this: Locator, text: string, options?: Waiting) {
    await reach(this, options);
    await this.page().keyboard.type(text);
  },
  async focus(this: Locator, options?: Waiting) {
    await reach(this, options);
  },
  async scrollIntoViewIfNeeded(this: Locator, options?: Waiting) {
    await reach(this, options);
  },
  /** What shows under a pointer has to show under the focus as well. */
  async hover() {},
  async dblclick(this: Locator) {
    throw new Error(`${this} is pressed twice, which no key does`);
  },
};

/** Each of them is a step of its own, which a failure names at the line of the journey. */
function steps() {
  const entries = Object.entries(BY_KEYBOARD) as [
    string,
    (this: Locator, ...given: unknown[]) => Promise<void>,
  ][];
  return Object.fromEntries(
    entries.map(([name, act]) => [
      name,
      function (this: Locator, ...given: unknown[]) {
        return base.step(`${name} ${this} by keyboard`, () => act.apply(this, given), { box: true });
      },
    ]),
  );
}

/** The journeys' `test`: in the project `keyboard` nobody has a mouse. */
export const test = base.extend<{ hands: Hands; handed: null }>({
  hands: ["pointer", { option: true }],
  handed: [
    async ({ hands, page }, use) => {
      const locators = Object.getPrototypeOf(page.locator("html"));
      const replaced = hands === "keyboard" ? steps() : {};
      const kept = Object.fromEntries(Object.keys(replaced).map((name) => [name, locators[name]]));
      Object.assign(locators, replaced);
      await use(null);
      Object.assign(locators, kept);
    },
    { auto: true },
  ],
});
