import { act, cleanup, render } from "@testing-library/react";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { afterEach, beforeEach, expect, test } from "vitest";

import { chooseLanguage } from "@/lib/language";

import { PageTitle } from "./page-title";

const at = (pathname: string) => (
  <PathnameContext.Provider value={pathname}>
    <PageTitle />
  </PathnameContext.Provider>
);

beforeEach(async () => {
  document.title = "Agents · Parley";
  await chooseLanguage("de");
});
afterEach(cleanup);

test("a title that the page was built with is said in the language, whenever Next sets it", async () => {
  const { rerender } = render(at("/agents"));
  expect(document.title).toBe("Agenten · Parley");

  rerender(at("/tools/sign-in"));
  document.title = "Signing in · Parley";
  await expect.poll(() => document.title).toBe("Anmeldung · Parley");
  rerender(at("/no-such-page"));
  document.title = "Not found · Parley";
  await expect.poll(() => document.title).toBe("Nicht gefunden · Parley");
});

test("a chat's title stays, whatever it is called", async () => {
  document.title = "Models · Parley";
  render(at("/chat/chat_1"));
  await act(async () => {});
  expect(document.title).toBe("Models · Parley");
});

test("in English again it is what the page was built with", async () => {
  const { unmount } = render(at("/agents"));
  await chooseLanguage("en");
  unmount();
  render(at("/agents"));
  expect(document.title).toBe("Agents · Parley");
});
