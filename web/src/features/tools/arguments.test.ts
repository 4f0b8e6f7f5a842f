import { expect, test } from "vitest";

import { argumentsIn } from "./arguments";

test("arguments as JSON are an object", () => {
  expect(argumentsIn("")).toEqual({ values: {} });
  expect(argumentsIn('{"a": 1}')).toEqual({ values: { a: 1 } });
  expect(argumentsIn("[1]")).toEqual({ problem: "Must be a JSON object" });
  expect(argumentsIn("{")).toHaveProperty("problem");
});
