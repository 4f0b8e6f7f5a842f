import { act, renderHook } from "@testing-library/react";
import { Provider } from "urql";
import { afterEach, expect, test, vi } from "vitest";

import { type Asked, failed, scriptedClient } from "@/lib/scripted-client";

import { useExportAll } from "./use-export-all";

const LISTED = { false: ["a", "long", "gone"], true: ["b"] };
const client = scriptedClient(({ operationName, variables }: Asked) => {
  if (operationName === "AllChatIds") {
    const ids = LISTED[`${variables.archived as boolean}`];
    const pageInfo = { hasNextPage: false, endCursor: null };
    return { data: { chats: { edges: ids.map((id) => ({ node: { id } })), pageInfo } } };
  }
  if (variables.id === "long") return failed("CONFLICT");
  if (variables.id === "gone") return failed("NOT_FOUND");
  return { data: { exportChat: { content: `"${variables.id}"` } } };
});

afterEach(() => document.body.replaceChildren());

test("a chat that is too long for a file is counted, one that is gone is not, and the others are saved", async () => {
  let saved = new Blob();
  // jsdom has no addresses of what is only in memory.
  URL.createObjectURL = (blob) => {
    saved = blob as Blob;
    return "#";
  };
  URL.revokeObjectURL = () => {};
  const { result } = renderHook(() => useExportAll(), {
    wrapper: ({ children }) => <Provider value={client}>{children}</Provider>,
  });

  let finished = Promise.resolve();
  act(() => {
    finished = result.current.start();
  });
  expect(result.current.done, "the button rests at once").not.toBeNull();
  await act(() => finished);

  expect(result.current.done).toBeNull();
  expect(JSON.parse(await saved.text())).toEqual(["a", "b"]);
  await vi.waitFor(
    () => expect(document.body.textContent).toContain("One chat is too long for an export"),
    15_000,
  );
});
