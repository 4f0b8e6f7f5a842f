import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { scriptedClient } from "@/lib/scripted-client";

import ShareDialog from "./share-dialog";

afterEach(cleanup);

test("the way to the library closes the dialog, which the sidebar keeps over every page", async () => {
  const client = scriptedClient(() => ({
    data: { shareChat: { token: "t", share: { id: "s", expiresAt: null } } },
  }));
  const opened: boolean[] = [];
  render(
    <Provider value={client}>
      <ShareDialog chatId="c" title="Spices" open onOpenChange={(open) => opened.push(open)} />
    </Provider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Make a link" }));
  await userEvent.click(await screen.findByRole("link", { name: "library" }));
  expect(opened).toEqual([false]);
});
