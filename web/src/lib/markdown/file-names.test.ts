import { expect, test } from "vitest";

import { fileNameOf } from "./file-names";

test.each([
  ["python", "code.py"],
  ["TypeScript", "code.ts"],
  ["json", "code.json"],
  ["c++", "code.cpp"],
  ["Dockerfile", "Dockerfile"],
  ["../../etc/passwd", "code.etcpasswd"],
  ["\u202e", "code.txt"],
])("code in %s is saved as %s", (language, name) => {
  expect(fileNameOf(language)).toBe(name);
});
