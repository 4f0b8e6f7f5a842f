import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { createTranslator } from "use-intl/core";
import { expect, test } from "vitest";

import { messages as german } from "@/messages/de";

import { translatorOf } from "./message";

type Texts = { [key: string]: string | Texts };

const english: Texts = Object.assign(
  {},
  ...(await Promise.all(Object.keys(german).map((part) => import(`../messages/en/${part}.ts`)))),
);

const keysOf = (texts: Texts, above = ""): string[] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [above + key] : keysOf(text, `${above}${key}.`),
  );

const textOf = (texts: Texts, key: string) =>
  key.split(".").reduce<string | Texts>((above, name) => (above as Texts)[name] ?? "", texts) as string;

/** Values for a message: numbers where they are counted, words that are among its choices, and elements for tags. */
function valuesFor(text: string, count: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [, name = ""] of text.matchAll(/<(\w+)>/g))
    values[name] = (inside: ReactNode) => createElement("b", { title: name }, inside);
  for (const [, name = "", format = "", choice] of text.matchAll(/\{(\w+)(?:, (\w+)(?:, (\w+))?)?/g))
    values[name] ??=
      format === "select" ? (count > 1 ? choice : "none of these") : format ? count : `‹${name}›`;
  return values;
}

const markup = (node: ReactNode) => renderToStaticMarkup(createElement("p", null, node));

test.each([
  ["en", english],
  ["de", german as Texts],
])("each message of %s says what ICU's format says", (locale, messages) => {
  const own = translatorOf(locale, messages);
  const theirs = createTranslator({ locale, messages });
  for (const key of keysOf(messages))
    for (const count of [0, 1, 2, 12_345]) {
      const values = valuesFor(textOf(messages, key), count);
      expect(markup(own.rich(key, values)), key).toBe(markup(theirs.rich(key as never, values as never)));
    }
});

test("plain words are one string, and what is unknown says its key", () => {
  const t = translatorOf("en", {
    deep: { down: "{one} and {two}" },
    few: "{n, plural, one {# a} other {# b}}",
  });
  expect([t("deep.down", { one: 1, two: "2" }), t("few", { n: 1 }), t.rich("few", { n: 1_000 })]).toEqual([
    "1 and 2",
    "1 a",
    "1,000 b",
  ]);
  expect([t("deep.up"), t.has("deep.up"), t.has("deep.down"), t.has("deep")]).toEqual([
    "deep.up",
    false,
    true,
    false,
  ]);
});

test.each(["{open", "{n, plural, one {a}", "<b>open", "closed</b>", "{n, date}"])(
  "“%s” is no message",
  (message) => {
    expect(() => translatorOf("en", { message })("message", { n: 1, b: String })).toThrow(SyntaxError);
  },
);
