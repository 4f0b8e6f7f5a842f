import { expect, test } from "vitest";

import { type Asked, failed, type Scripted, scriptedClient } from "@/lib/scripted-client";

import { ThreadStore } from "./thread-store";

const branch = (...ids: string[]): Scripted => {
  const edges = ids.map((id, index) => ({ node: { id, parentId: ids[index - 1] ?? null } }));
  const pageInfo = { hasPreviousPage: false, startCursor: null };
  return { data: { chat: { id: "c", headId: ids.at(-1), agent: null, messages: { edges, pageInfo } } } };
};
const idsOf = (store: ThreadStore) => store.snapshot().messages.map(({ id }) => id);

test("a refresh during a fetch is over only when the fetch after it is, which later ones share", async () => {
  const answers: ((answer: Scripted) => void)[] = [];
  const client = scriptedClient(() => new Promise((resolve) => answers.push(resolve)));
  const store = new ThreadStore(client, "c");
  const seen: string[][] = [];

  const first = store.refresh().then(() => seen.push(idsOf(store)));
  const second = store.refresh().then(() => seen.push(idsOf(store)));
  const third = store.refresh().then(() => seen.push(idsOf(store)));
  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.(branch("old"));
  await first;
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(branch("old", "new"));
  await Promise.all([second, third]);

  expect(seen).toEqual([["old"], ["old", "new"], ["old", "new"]]);
  expect(answers).toHaveLength(2);
});

test("a message that cannot be brought into view has a reason, which is not always that it is gone", async () => {
  const answers: Record<string, Scripted> = {
    Thread: failed("INTERNAL"),
    UpdateChat: failed("NOT_FOUND", "No such message."),
  };
  const store = new ThreadStore(
    scriptedClient(({ operationName }: Asked) => answers[operationName] ?? failed("INTERNAL")),
    "c",
  );

  expect(await store.reveal("b")).toContain("Something went wrong on the server");
  answers.Thread = branch("a");
  expect(await store.reveal("a")).toBeNull();
  expect(await store.reveal("b")).toBe("No such message.");
  answers.UpdateChat = { data: { updateChat: { chat: { id: "c", headId: "b" } } } };
  answers.Thread = failed("INTERNAL");
  expect(await store.reveal("b")).toContain("Something went wrong on the server");
  answers.Thread = branch("a", "b");
  expect(await store.reveal("b")).toBeNull();
});

test("what is sent while the first message makes the chat waits for that, and goes into it", async () => {
  const asked: { input: { content: string; chatId: string | null }; answer: (said: Scripted) => void }[] = [];
  const client = scriptedClient(
    ({ variables }) =>
      new Promise((answer) => asked.push({ input: variables.input as (typeof asked)[0]["input"], answer })),
  );
  const store = new ThreadStore(client, null);
  const how = { agentId: null, workflowId: null, thinking: null };
  const sent = ["one", "two"].map((text) => store.send({ text, model: "m", how }));
  await expect.poll(() => asked.length).toBe(1);
  asked[0]?.answer({
    data: {
      sendMessage: {
        chat: { id: "c" },
        message: { id: "q", parentId: null },
        reply: { id: "a", parentId: "q" },
      },
    },
  });
  await sent[0];
  await expect.poll(() => asked.map(({ input }) => input.chatId)).toEqual([null, "c"]);

  expect(idsOf(store)).toEqual(["q", "a"]);
  expect(store.snapshot().pending).toMatchObject([{ text: "two", after: "a" }]);
});
