import { expect, test } from "vitest";

import { changesOf } from "./edits";
import { sampleModel } from "./samples";

const MODEL = sampleModel("gpt", {
  displayName: "GPT",
  capabilities: ["tools", "json"],
  contextWindow: 128_000,
  inputUsdPerMillion: "2.50",
  outputUsdPerMillion: "10.00",
});

function formOf(fields: Record<string, string>, capabilities = ["json", "tools"]): FormData {
  const form = new FormData();
  const shown = {
    displayName: "GPT",
    contextWindow: "128000",
    inputUsdPerMillion: "2.50",
    cachedInputUsdPerMillion: "",
    outputUsdPerMillion: "10.00",
  };
  for (const [name, value] of Object.entries({ ...shown, ...fields })) form.set(name, value);
  for (const each of capabilities) form.append("capabilities", each);
  return form;
}

test("a form that nobody has touched changes nothing", () => {
  expect(changesOf(MODEL, formOf({}))).toEqual({ changes: {}, problems: {} });
});

test("only what differs is sent, amounts as they were written, and an emptied field is given back", () => {
  const fields = {
    displayName: "",
    contextWindow: "200,000",
    inputUsdPerMillion: "$1.10",
    outputUsdPerMillion: "10",
  };

  expect(changesOf(MODEL, formOf(fields, ["tools"])).changes).toEqual({
    displayName: null,
    contextWindow: 200_000,
    inputUsdPerMillion: "1.10",
    capabilities: ["tools"],
  });
});

test("what is no number is named and not sent", () => {
  const { changes, problems } = changesOf(
    MODEL,
    formOf({ contextWindow: "1.5", outputUsdPerMillion: "dear" }),
  );

  expect(changes).toEqual({});
  expect(Object.keys(problems)).toEqual(["contextWindow", "outputUsdPerMillion"]);
});
