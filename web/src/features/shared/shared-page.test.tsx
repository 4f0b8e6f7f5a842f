import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { type Asked, failed, scriptedClient } from "@/lib/scripted-client";

import { SharedPage } from "./shared-page";

afterEach(cleanup);

test("a further page that does not load says so, below what has", async () => {
  const client = scriptedClient(({ variables }: Asked) => {
    if (variables.after) return failed("INTERNAL");
    const edges = [{ node: { role: "USER", content: "Which spice?" } }];
    const messages = { edges, pageInfo: { hasNextPage: true, endCursor: "next" } };
    return {
      data: { sharedChat: { title: "Spices", createdAt: "2026-01-01T00:00:00Z", expiresAt: null, messages } },
    };
  });
  render(
    <SearchParamsContext.Provider value={new URLSearchParams("token=t")}>
      <Provider value={client}>
        <SharedPage />
      </Provider>
    </SearchParamsContext.Provider>,
  );

  await userEvent.click(await screen.findByRole("button", { name: "Show more" }));

  expect(await screen.findByText(/Something went wrong on the server/)).toBeDefined();
  expect(screen.getByText("Which spice?")).toBeDefined();
});
