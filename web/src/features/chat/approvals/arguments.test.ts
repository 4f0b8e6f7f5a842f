import { expect, test } from "vitest";

import { argumentsIn, simpleArguments } from "./arguments";

test("arguments are an object; everything else is told apart", () => {
  expect(argumentsIn('{"city": "Rome", "days": [1]}').value).toEqual({ city: "Rome", days: [1] });
  for (const text of ["[1]", "null", "3", '"Rome"']) expect(argumentsIn(text).problem).toContain("an object");
  expect(argumentsIn('{"city": Rome}').problem).toMatch(/^This is not JSON yet/);
  expect(argumentsIn("").problem).toMatch(/^This is not JSON yet/);
});

test("flat arguments can be listed, nested ones cannot", () => {
  expect(simpleArguments({ city: "Rome", days: 3, late: true, note: null })).toEqual([
    ["city", "Rome"],
    ["days", "3"],
    ["late", "true"],
    ["note", "null"],
  ]);
  expect(simpleArguments({ where: { city: "Rome" } })).toBeNull();
  expect(simpleArguments([1])).toBeNull();
});
