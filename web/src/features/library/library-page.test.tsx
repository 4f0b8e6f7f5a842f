import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { scriptedClient } from "@/lib/scripted-client";

import { LibraryPage } from "./library-page";

afterEach(cleanup);

test("what came of an import is still there after a look at another tab", async () => {
  const client = scriptedClient(() => new Promise(() => {}));
  const at = (query: string) => (
    <SearchParamsContext.Provider value={new URLSearchParams(query)}>
      <Provider value={client}>
        <LibraryPage />
      </Provider>
    </SearchParamsContext.Provider>
  );
  const { rerender } = render(at("tab=transfer"));
  await userEvent.upload(
    screen.getByLabelText("File to import"),
    new File(["[]"], "chats.json", { type: "application/json" }),
  );
  await screen.findByText("There is no chat in this file.");

  rerender(at("tab=shared"));
  expect(screen.queryByRole("button", { name: "Choose a file" })).toBeNull();
  rerender(at("tab=transfer"));
  expect(screen.getByRole("button", { name: "Choose a file" })).toBeDefined();
  expect(screen.getByText("There is no chat in this file.")).toBeDefined();
});
