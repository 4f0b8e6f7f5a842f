import { expect, test } from "vitest";

import { changedWords, changesOf, EMPTY, readDraft } from "./draft";

function formOf(fields: Record<string, string | string[]>): FormData {
  const form = new FormData();
  for (const [name, values] of Object.entries({ name: "Ada", maxTurns: "20", ...fields }))
    for (const value of [values].flat()) form.append(name, value);
  return form;
}

test("a form says all that an agent is made of", () => {
  const { draft, problems } = readDraft(
    formOf({
      model: "model_1",
      thinking: "FUTURE",
      toolIds: ["tool_1", "tool_2"],
      deniedInput: " password \n\npassword\nsecret",
      maxInputChars: "1,000",
      maxTokens: "20,000",
      maxCostUsd: "0.50",
      outputSchema: '{"type": "object"}',
      shared: "on",
    }),
  );

  expect(problems).toEqual({});
  expect(draft).toMatchObject({
    name: "Ada",
    modelId: "model_1",
    thinking: "FUTURE",
    toolIds: ["tool_1", "tool_2"],
    maxTokens: 20000,
    maxCostUsd: "0.5",
    maxSeconds: null,
    guardrails: { maxInputChars: 1000, deniedInput: ["password", "secret"], deniedOutput: [] },
    outputSchema: { type: "object" },
    shared: true,
  });
});

test("“auto” is no model, and no thinking mode", () => {
  const { draft } = readDraft(formOf({ model: "auto", thinking: "auto" }));

  expect(draft).toMatchObject({ modelId: null, thinking: null });
});

test.each([
  ["name", { name: "  " }],
  ["maxTurns", { maxTurns: "0" }],
  ["maxTurns", { maxTurns: "many" }],
  ["maxCostUsd", { maxCostUsd: "-1" }],
  ["maxSeconds", { maxSeconds: "soon" }],
  ["guardrails.maxInputChars", { maxInputChars: "-5" }],
  ["outputSchema", { outputSchema: "{" }],
  ["outputSchema", { outputSchema: "[1]" }],
])("what is wrong with %s is said beside it", (field, fields) => {
  expect(Object.keys(readDraft(formOf(fields)).problems)).toEqual([field]);
});

test("only what differs is sent, and the order of ticks is no difference", () => {
  const before = { ...EMPTY, name: "Ada", toolIds: ["a", "b"] };

  expect(changesOf(before, { ...before, toolIds: ["b", "a"] })).toEqual({});
  expect(changesOf(before, { ...before, name: "Eve", toolIds: ["a"] })).toEqual({
    name: "Eve",
    toolIds: ["a"],
  });
});

test("a version says what it changed", () => {
  expect(changedWords(EMPTY, { ...EMPTY, name: "Eve", toolIds: ["a"] })).toBe("Name, tools changed");
  expect(changedWords(EMPTY, EMPTY)).toBe("Nothing changed");
});
