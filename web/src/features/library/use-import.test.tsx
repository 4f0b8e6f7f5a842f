import { act, renderHook } from "@testing-library/react";
import { Provider } from "urql";
import { expect, test } from "vitest";

import { type Asked, scriptedClient } from "@/lib/scripted-client";

import { useImport } from "./use-import";

const imported: string[][] = [];
const client = scriptedClient(({ variables }: Asked) => {
  const { content } = variables.input as { content: string };
  const chats = JSON.parse(content) as { title: string }[];
  imported.push(chats.map(({ title }) => title));
  return { data: { importChats: { imported: chats.length, skipped: [] } } };
});

async function importing(file: File) {
  const { result } = renderHook(() => useImport(), {
    wrapper: ({ children }) => <Provider value={client}>{children}</Provider>,
  });
  await act(() => result.current.start(file));
  return result.current.state;
}

test("a chat that no request can hold is left out with a reason, and the others come in", async () => {
  const chats = [{ title: "a" }, { title: "x".repeat(4_000_001) }, { title: "b" }];

  const state = await importing(new File([JSON.stringify(chats)], "chats.json"));

  expect(state).toMatchObject({ busy: false, imported: 2, problem: null });
  expect(state?.skipped).toEqual([{ index: 1, reason: expect.stringContaining("larger than 4 MB") }]);
  expect(imported).toEqual([["a"], ["b"]]);
});

test("a file that is gone says so", async () => {
  const gone = new File([], "gone.json");
  gone.text = () => Promise.reject(new DOMException("gone", "NotFoundError"));
  expect(await importing(gone)).toMatchObject({
    busy: false,
    problem: expect.stringContaining("cannot be read"),
  });
});
