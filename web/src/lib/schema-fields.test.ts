import { expect, test } from "vitest";

import { argumentsOf, fieldsOfSchema } from "./schema-fields";

const SCHEMA = {
  type: "object",
  properties: {
    limit: { type: "integer", default: 5, description: "How many." },
    text: { type: "string" },
    exact: { anyOf: [{ type: "boolean" }, { type: "null" }], default: null },
    ratio: { type: ["number", "null"] },
    kind: { enum: ["page", "file"], default: "page" },
    tags: { type: "array", items: { type: "string" } },
    where: { $ref: "#/$defs/Where" },
  },
  required: ["text"],
};
const fields = fieldsOfSchema(SCHEMA) ?? [];

function formOf(said: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  return form;
}

test("a schema becomes fields, those that are needed first", () => {
  expect(fields.map(({ name, kind, required, nullable }) => [name, kind, required, nullable])).toEqual([
    ["text", "text", true, false],
    ["limit", "integer", false, false],
    ["exact", "boolean", false, true],
    ["ratio", "number", false, true],
    ["kind", "choice", false, false],
    ["tags", "json", false, false],
    ["where", "json", false, false],
  ]);
  expect(fields[1]).toMatchObject({ usual: "5", description: "How many." });
  expect(fields[4]).toMatchObject({
    choices: [
      { value: "page", name: "page" },
      { value: "file", name: "file" },
    ],
    usual: "page",
  });
});

test.each([[null], ["text"], [[]], [{ type: "string" }], [{ type: "object", properties: 5 }]])(
  "%j is no schema that a form can show",
  (schema) => expect(fieldsOfSchema(schema)).toBeNull(),
);

test("a tool without arguments has no fields", () => {
  expect(fieldsOfSchema({ type: "object" })).toEqual([]);
});

test("a form gives arguments of the right kinds, and leaves out what is not said", () => {
  const form = formOf({ text: "tea", limit: "3", exact: "false", ratio: "", kind: " ", tags: '["a"]' });

  expect(argumentsOf(fields, form)).toEqual({
    values: { text: "tea", limit: 3, exact: false, tags: ["a"] },
    problems: {},
  });
});

test("what is wrong is said by field", () => {
  const form = formOf({ text: "", limit: "1.5", ratio: "much", tags: "[" });

  expect(argumentsOf(fields, form).problems).toEqual({
    text: "Is needed",
    limit: "Must be a whole number",
    ratio: "Must be a number",
    tags: "Is not valid JSON",
  });
});

test("choices have titles, and some are of several", () => {
  const [size, meals] =
    fieldsOfSchema({
      properties: {
        size: { type: "string", title: "Size", oneOf: [{ const: "s", title: "Small" }, { const: "l" }] },
        meals: { type: "array", items: { anyOf: [{ const: "a" }, { const: "b" }] }, default: ["b"] },
      },
    }) ?? [];
  expect([size?.title, size?.kind, size?.choices]).toEqual([
    "Size",
    "choice",
    [
      { value: "s", name: "Small" },
      { value: "l", name: "l" },
    ],
  ]);
  expect([meals?.title, meals?.kind, meals?.chosen]).toEqual(["meals", "choices", ["b"]]);
  const form = new FormData();
  form.append("meals", "a");
  form.append("meals", "b");
  expect(argumentsOf(meals ? [meals] : [], form).values).toEqual({ meals: ["a", "b"] });
  expect(argumentsOf(meals ? [meals] : [], new FormData()).values).toEqual({});
});
