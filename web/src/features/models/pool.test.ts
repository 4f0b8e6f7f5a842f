import { expect, test } from "vitest";

import { grouped, healthOf, isNews, namesOf, numberOf, withPulses } from "./pool";
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

test("a number may have a dollar sign and commas; nothing is null, nonsense is not taken", () => {
  expect(["", " ", "$1.50", "128,000", "0"].map(numberOf)).toEqual([null, null, 1.5, 128_000, 0]);
  expect(["-1", "many", "1e999"].map(numberOf)).toEqual([undefined, undefined, undefined]);
});

test("names of models are separated by lines or commas", () => {
  expect(namesOf("gpt-a, gpt-b\n\n gpt-a\nc")).toEqual(["gpt-a", "gpt-b", "c"]);
});
