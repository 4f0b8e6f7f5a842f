import { cleanup, render, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import HOSTILE from "./hostile.json";
import { Markdown } from "./markdown";
import { MarkdownParser } from "./parser";
import { typeset } from "./typeset";

afterEach(cleanup);

type Loose = { type: string; tex?: string; display?: boolean; tokens?: Loose[]; items?: Loose[] };

function formulas(tokens: Loose[]): [string | undefined, boolean | undefined][] {
  return tokens.flatMap(({ type, tex, display, tokens: inner, items }) =>
    type === "math" ? [[tex, display]] : formulas([...(inner ?? []), ...(items ?? [])]),
  );
}

const found = (text: string) =>
  formulas(new MarkdownParser().parse(text).map(({ token }) => token as unknown as Loose));

test.each<[string, [string, boolean][]]>([
  [
    "so $x^2$ and \\(y\\)",
    [
      ["x^2", false],
      ["y", false],
    ],
  ],
  ["$$\na + b\n$$", [["a + b", true]]],
  ["text\n\\[\nE = mc^2\n\\]\nmore", [["E = mc^2", true]]],
  ["inline $$z$$ too", [["z", true]]],
  ["- a list with $k$", [["k", false]]],
  ["$\\$5$", [["\\$5", false]]],
  ["it costs $5 and $10", []],
  ["between $5-$10", []],
  ["`$x$` and\n\n```\n$$y$$\n```", []],
  ["\\$x\\$", []],
  ["$ x $", []],
  ["$$\na\n\nb\n$$", []],
])("%j has the formulas %j", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("a growing text ends with the formulas of the whole text", () => {
  const text = "# A\n\nso $x^2$\n\n$$\n\\frac{a}{b}\n$$\n\nand \\[c\\] then\n\nthe end $d$";
  const parser = new MarkdownParser();
  for (let length = 1; length < text.length; length += 3) parser.parse(text.slice(0, length));

  const grown = parser.parse(text).map(({ token }) => token as unknown as Loose);

  expect(formulas(grown)).toEqual(found(text));
});

test("a formula is shown as its source until it can be set, and then set", async () => {
  const { container } = render(<Markdown text="so $x^2$" />);
  expect(container.querySelector("code")?.textContent).toBe("x^2");

  await waitFor(() => expect(container.querySelector(".katex")).not.toBeNull());

  expect(container.querySelector("math")).not.toBeNull();
  expect(container.querySelector("code")).toBeNull();
});

test("no formula brings a link, an image or a handler into the page", () => {
  const place = document.createElement("span");
  for (const text of HOSTILE) {
    for (const tex of [text, `\\text{${text}}`, `\\href{${text}}{x}`, `\\htmlStyle{${text}}{x}`]) {
      typeset(tex, place, true);
      expect(place.querySelector("a, img, script, iframe, form, style, link, object")).toBeNull();
      for (const element of place.querySelectorAll("*"))
        for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^href$|^src$/);
    }
  }
  expect(Reflect.get(window, "pwned")).toBeUndefined();
});

test("a formula that calls itself ends", () => {
  const place = document.createElement("span");
  typeset("\\def\\x{\\x\\x}\\x", place, false);
  expect(place.textContent).toContain("\\x");
});
