import { expect, test } from "vitest";

import { reasonIn } from "./uploads";

test("a refusal is a sentence", () => {
  const wrong = { errors: [{ message: "file: is empty", extensions: { fields: { file: "is empty" } } }] };
  expect(reasonIn(wrong, 400)).toBe("The file is empty.");
  expect(reasonIn({ errors: [{ message: "Delete some first." }] }, 409)).toBe("Delete some first.");
  expect(reasonIn(null, 502)).toBe("The server answered with 502.");
});
