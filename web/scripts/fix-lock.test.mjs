import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { withStubs } from "./fix-lock.mjs";

test("a missing platform package gets a stub that names its system and processor", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/sharp": { optionalDependencies: { "@img/sharp-darwin-arm64": "^1.2.3" } },
    },
  };

  const { lock: fixed, added } = withStubs(lock);

  expect(added).toEqual(["@img/sharp-darwin-arm64"]);
  expect(fixed.packages["node_modules/@img/sharp-darwin-arm64"]).toEqual({
    version: "1.2.3",
    optional: true,
    cpu: ["arm64"],
    os: ["darwin"],
  });
});

test("the lock needs no stub and names no registry", () => {
  const text = readFileSync("package-lock.json", "utf8");

  expect(withStubs(JSON.parse(text)).added).toEqual([]);
  expect(text).not.toContain('"resolved"');
});
