import { expect, test } from "vitest";

import { isAppPath, safeNext, signInPath } from "./addresses";

test.each([
  "/chat",
  "/chat/chat_1",
  "/approvals",
  "/library",
  "/models",
  "/agents",
  "/workflows",
  "/tools",
  "/dashboard",
  "/settings",
])("%s needs a viewer", (path) => {
  expect(isAppPath(path)).toBe(true);
});

test.each(["/", "/sign-in", "/sign-up", "/shared", "/chatter", "/settings/more"])("%s needs none", (path) => {
  expect(isAppPath(path)).toBe(false);
});

test.each([null, "", "//evil.example/chat", "https://evil.example/chat", "/\\evil.example/chat", "/sign-in"])(
  "%s is nowhere to go after signing in",
  (next) => expect(safeNext(next)).toBe("/chat"),
);

test("signing in leads back to where one was", () => {
  const path = signInPath({ pathname: "/chat/chat_1", search: "?at=2" });

  expect(path).toBe("/sign-in?next=%2Fchat%2Fchat_1%3Fat%3D2");
  expect(safeNext(new URL(path, "http://x").searchParams.get("next"))).toBe("/chat/chat_1?at=2");
});
