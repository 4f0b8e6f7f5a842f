import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import {
  AppRouterContext,
  type AppRouterInstance,
} from "next/dist/shared/lib/app-router-context.shared-runtime";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { type Asked, failed, type Scripted, scriptedClient } from "@/lib/scripted-client";

import CommandPalette from "./command-palette";

afterEach(cleanup);

const NONE: Scripted = { data: { chats: { edges: [] }, search: { edges: [] } } };

function opened(answer: (text: string) => Scripted | Promise<Scripted>) {
  const searches: string[] = [];
  const client = scriptedClient(({ operationName, variables }: Asked) => {
    if (operationName !== "PaletteFound") return { data: { models: [], agents: [] } };
    searches.push(String(variables.text));
    return answer(String(variables.text));
  });
  const none = () => {};
  render(
    <AppRouterContext.Provider value={{ push: none } as unknown as AppRouterInstance}>
      <Provider value={client}>
        <CommandPalette open onOpenChange={none} onSignOut={none} />
      </Provider>
    </AppRouterContext.Provider>,
  );
  return searches;
}

test("nothing is called that only when the search has been answered, and it is asked once", async () => {
  let release: (answer: Scripted) => void = () => {};
  const searches = opened(() => new Promise((resolve) => (release = resolve)));
  await userEvent.type(screen.getByRole("combobox"), "xyzzy");
  expect(screen.getByText("Searching…")).toBeDefined();
  expect(screen.queryByText("Nothing is called that.")).toBeNull();
  await expect.poll(() => searches.filter((text) => text === "xyzzy")).toHaveLength(1);
  release(NONE);
  expect(await screen.findByText(/Search all messages for/)).toBeDefined();
  expect(screen.queryByText("Searching…")).toBeNull();
});

test("a search that fails says so", async () => {
  opened(() => failed("INTERNAL"));
  await userEvent.type(screen.getByRole("combobox"), "xyzzy");
  expect((await screen.findByRole("alert")).textContent).toContain("Something went wrong on the server");
  expect(screen.queryByText("Nothing is called that.")).toBeNull();
});
