import { readdirSync } from "node:fs";
import { expect, test } from "vitest";

import { GROUPS } from "./gallery-page";

/** Modules that other components are made of. */
const INNER = ["plain-trigger"];

test("every component of components/ui is in the gallery", () => {
  const components = readdirSync("src/components/ui")
    .filter((file) => file.endsWith(".tsx") && !file.includes(".test."))
    .map((file) => file.replace(".tsx", ""))
    .filter((name) => !name.endsWith("-parts") && !INNER.includes(name));
  const shown = GROUPS.flatMap(({ specimens }) => specimens.map(({ file }) => file));
  expect(shown.sort()).toEqual(components.sort());
});
