import { expect, test } from "vitest";

import { broughtBack } from "./sign-in-back";

test("what a browser brings back is read from its address", () => {
  expect(broughtBack("?code=a%2Fb&state=s&iss=https%3A%2F%2Fx")).toEqual({
    state: "s",
    code: "a/b",
    issuer: "https://x",
  });
  expect(broughtBack("?code=a&state=s")?.issuer).toBeNull();
});

test.each(["", "?state=s", "?code=a", "?error=access_denied&state=s", "?code=a&state=s&error=x"])(
  "%s is no permission",
  (search) => {
    expect(broughtBack(search)).toBeNull();
  },
);
