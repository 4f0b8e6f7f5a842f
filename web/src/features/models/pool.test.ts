import { expect, test } from "vitest";

import { amountOf, grouped, healthOf, isNews, namesOf, wholeOf, withPulses } from "./pool";
import { HEALTH, sampleModel as model, sampleProvider as provider } from "./samples";

test("each provider has its models, those that can answer first", () => {
  const models = [
    model("zeta"),
    model("alpha", { enabled: false }),
    model("beta"),
    model("other", { providerId: "two" }),
  ];
  const [one, two, empty] = grouped([provider("one"), provider("two"), provider("three")], models, "");

  expect(one?.models.map(({ id }) => id)).toEqual(["beta", "zeta", "alpha"]);
  expect(two?.models.map(({ id }) => id)).toEqual(["other"]);
  expect(empty?.models).toEqual([]);
});

test("a search looks at names and capabilities, and hides providers without a match", () => {
  const models = [model("Sonnet", { capabilities: ["vision"] }), model("other", { providerId: "two" })];

  expect(grouped([provider("one"), provider("two")], models, " vision SON ")).toEqual([
    { provider: provider("one"), models: [models[0]] },
  ]);
});

test("a pulse changes how a model is, but not whether it is switched on", () => {
  const pulse = model("a", { enabled: false, available: false, health: { ...HEALTH, state: "DOWN" } });
  const [now] = withPulses([model("a")], new Map([["a", pulse]]));

  expect(now).toMatchObject({ enabled: true, available: false, health: { state: "DOWN" } });
  expect(isNews(pulse, [model("a")])).toBe(true);
  expect(isNews({ ...pulse, enabled: true }, [model("a")])).toBe(false);
  expect(isNews({ ...pulse, id: "b" }, [model("a")])).toBe(true);
});

test("what a model lacks goes before how it has been doing", () => {
  expect(healthOf(model("a")).words).toBe("Healthy");
  expect(healthOf(model("a", { enabled: false, available: false })).words).toBe("Switched off");
  expect(healthOf(model("a", { available: false })).words).toBe("Not offered now");
  expect(healthOf(model("a", { available: false, local: true })).words).toBe("File is gone");
});

test("a whole number may have signs between its thousands; nothing is null, nonsense is not taken", () => {
  expect(["", " ", "128,000", "128.000", "1 047 576", "0"].map(wholeOf)).toEqual([
    null,
    null,
    128_000,
    128_000,
    1_047_576,
    0,
  ]);
  expect(["-1", "1.5", "12,80", "many", "1e3"].map(wholeOf)).toEqual(Array(5).fill(undefined));
});

test("an amount may have a dollar sign and commas; nothing is null, nonsense is not taken", () => {
  expect(["", " ", "$1.50", "1,000", "0.125", "0"].map(amountOf)).toEqual([
    null,
    null,
    "1.50",
    "1000",
    "0.125",
    "0",
  ]);
  expect(["-1", "many", "1e999"].map(amountOf)).toEqual(Array(3).fill(undefined));
});

test("names of models are separated by lines or commas", () => {
  expect(namesOf("gpt-a, gpt-b\n\n gpt-a\nc")).toEqual(["gpt-a", "gpt-b", "c"]);
});
