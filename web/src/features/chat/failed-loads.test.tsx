import { SocketContext } from "@parley/react";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Client as Socket } from "graphql-ws";
import type { ReactNode } from "react";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";
import { failed, type Scripted, scriptedClient } from "@/lib/scripted-client";

import { ApprovalsPage } from "./approvals/approvals-page";
import { type ChatContextValue, ChatProvider } from "./chat-context";
import CompareDialog from "./compare-dialog";
import MemoryTexts from "./context/memory-texts";
import SummaryText from "./context/summary-text";

afterEach(cleanup);

/** What may be null is; without what must be there, there is no data at all. */
const NOTHING: Scripted = failed("INTERNAL");
const NO_NODE: Scripted = { ...NOTHING, data: { node: null } };
const nothing = () => () => {};
const socket = { on: nothing, subscribe: nothing } as unknown as Socket;

/** Shows it before a server that fails until it is `mended`. */
function showing(children: ReactNode, broken: Scripted, whole: Scripted) {
  let answer = broken;
  const client = scriptedClient(() => answer);
  render(
    <SocketContext.Provider value={socket}>
      <Provider value={client}>
        <ChatProvider value={{} as ChatContextValue}>{children}</ChatProvider>
      </Provider>
    </SocketContext.Provider>,
  );
  return () => {
    answer = whole;
  };
}

const message = (fields: object): Scripted => ({
  data: { node: { __typename: "Message", id: "m", ...fields } },
});
const noApprovals = { totalCount: 0, edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
const none = () => {};

test.each([
  [
    "memories",
    <MemoryTexts key="memories" messageId="m" />,
    NO_NODE,
    message({ memoriesUsed: [] }),
    "It is forgotten.",
  ],
  [
    "a summary",
    <SummaryText key="summary" messageId="m" />,
    NO_NODE,
    message({ summary: null }),
    "This summary is gone.",
  ],
  [
    "answers to compare",
    <CompareDialog key="compare" messageId="m" open onOpenChange={none} />,
    NO_NODE,
    message({ siblings: [{ id: "m", content: "One" }] }),
    "There is no other answer.",
  ],
  [
    "approvals",
    <ApprovalsPage key="approvals" />,
    NOTHING,
    { data: { approvals: noApprovals } },
    "Nothing waits for you",
  ],
])("%s that do not load are not said to be none", async (_name, shown, broken, whole, words) => {
  const mend = showing(shown, broken, whole);
  expect((await screen.findByRole("alert")).textContent).toContain("Something went wrong on the server");
  expect(screen.queryByText(words)).toBeNull();

  mend();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(words)).toBeDefined();
});
