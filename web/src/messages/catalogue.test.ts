import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "vitest";

import { LANGUAGES } from "@/lib/language";

import { messages } from "./de";

const PARTS = Object.keys(messages);
const OTHERS = Object.keys(LANGUAGES).filter((tag) => tag !== "en");

type Texts = { [key: string]: string | Texts };

/** Every text of a part, by its whole key. */
function textsIn(texts: Texts, above = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [[above + key, text]] : textsIn(text, `${above}${key}.`),
  );
}

/** What a message takes: its values and how they are used, the choices of each, and its tags. */
function takes(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`<${element.value}>`, ...takes(element.children)];
      case TYPE.plural:
      case TYPE.select: {
        const { value, type, options } = element;
        // Languages have their own plurals; what is selected by is the same in all.
        const choices = type === TYPE.select ? Object.keys(options).sort().join("|") : "";
        const inside = Object.values(options).flatMap((option) => takes(option.value));
        return [`${value} ${TYPE[type]} ${choices}`, ...inside];
      }
      default:
        return [`${element.value} ${TYPE[element.type]}`];
    }
  });
}

const valuesOf = (texts: Texts) =>
  Object.fromEntries(textsIn(texts).map(([key, text]) => [key, [...new Set(takes(parse(text)))].sort()]));

const english = async (part: string): Promise<Texts> => (await import(`./en/${part}.ts`))[part];

const inLanguage = async (tag: string): Promise<Record<string, Texts>> =>
  (await import(`./${tag}/index.ts`)).messages;

test.each(OTHERS)("each text of %s takes what the English one takes", async (tag) => {
  const others = await inLanguage(tag);
  expect(Object.keys(others)).toEqual(PARTS);
  for (const part of PARTS) expect(valuesOf(others[part] ?? {}), part).toEqual(valuesOf(await english(part)));
});

test.each(["en", ...OTHERS])("no text of %s is empty", async (tag) => {
  const others = tag === "en" ? null : await inLanguage(tag);
  const texts = await Promise.all(
    PARTS.map(async (part) => textsIn(others?.[part] ?? (await english(part)), `${part}.`)),
  );
  expect(texts.flat().filter(([, text]) => !text.trim())).toEqual([]);
});
