import format from "icu-minify/format";
import { expect, test } from "vitest";

import messages from "./messages-loader.mjs";

const SOURCE = `export const chats = {
  title: "Chats",
  count: "{count, plural, one {# chat} other {# chats}} of {name}",
  empty: { text: "Say '{'hello'}', or <b>more</b>." },
};`;

const read = async (module) => import(`data:text/javascript,${encodeURIComponent(module)}`);

test("texts say the same when they have been compiled, and those without values stay as they are", async () => {
  const { chats } = await read(await messages(SOURCE));
  const formatters = {
    getNumberFormat: (locale, options) => new Intl.NumberFormat(locale, options),
    getPluralRules: (locale, options) => new Intl.PluralRules(locale, options),
  };
  const said = (message, values) => format(message, "en", values, { formatters });

  expect(chats.title).toBe("Chats");
  expect(said(chats.count, { count: 1, name: "Ada" })).toBe("1 chat of Ada");
  expect(said(chats.count, { count: 1200, name: "Ada" })).toBe("1,200 chats of Ada");
  expect(said(chats.empty.text, { b: (words) => `*${words.join("")}*` })).toBe("Say {hello}, or *more*.");
});
