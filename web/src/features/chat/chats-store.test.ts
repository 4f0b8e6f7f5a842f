// @vitest-environment jsdom
import { expect, test } from "vitest";

import { failed, type Scripted, scriptedClient } from "@/lib/scripted-client";

import { ChatsStore } from "./chats-store";

const chat = (id: string, ...tags: string[]) => ({
  id,
  title: id,
  updatedAt: `2026-01-0${id}T00:00:00Z`,
  pinned: false,
  archived: false,
  tags,
  activeRun: null,
});
const page = (...chats: object[]): Scripted => ({
  data: {
    chats: { edges: chats.map((node) => ({ node })), pageInfo: { hasNextPage: false, endCursor: "end" } },
  },
});

test("a page of the list before, which comes late, is not part of the list that is shown", async () => {
  const answers: ((answer: Scripted) => void)[] = [];
  const store = new ChatsStore(scriptedClient(() => new Promise((resolve) => answers.push(resolve))));
  const tagged = store.show("home");
  await expect.poll(() => answers.length).toBe(1);
  const all = store.show(null);
  answers[0]?.(page(chat("1", "home")));
  await tagged;
  expect(store.snapshot()).toMatchObject({ chats: [], state: "loading" });

  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(page(chat("2")));
  await all;
  expect(store.snapshot().chats.map(({ id }) => id)).toEqual(["2"]);
});

test("changes of tags are counted, and pages and other changes are none", async () => {
  let listed = page(chat("1", "home"), chat("2"));
  const store = new ChatsStore(scriptedClient(() => listed));
  await store.refresh();
  const [, known] = store.snapshot().chats;
  if (!known) throw new Error("the page was not listed");
  store.put({ ...known, title: "Another title" });
  store.drop("2");
  await store.refresh();
  expect(store.snapshot().retagged).toBe(0);

  store.put({ ...known, tags: ["home", "garden"] });
  expect(store.snapshot().retagged).toBe(1);
  listed = page(chat("1", "garden"));
  await store.refresh();
  expect(store.snapshot().retagged).toBe(2);
  store.drop("1");
  expect(store.snapshot().retagged).toBe(3);
});

test("tags that somebody gives count as soon as the server has them, and not before", async () => {
  const answers: ((answer: Scripted) => void)[] = [];
  const store = new ChatsStore(
    scriptedClient(({ operationName }) =>
      operationName === "ChatList"
        ? page(chat("1", "home"))
        : new Promise<Scripted>((resolve) => answers.push(resolve)),
    ),
  );
  await store.refresh();
  const done = store.update({ id: "1", tags: ["garden"] });
  expect(store.snapshot()).toMatchObject({ chats: [{ tags: ["garden"] }], retagged: 0 });

  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.({ data: { updateChat: { chat: chat("1", "garden") } } });
  await done;
  expect(store.snapshot().retagged).toBe(1);

  const refused = store.update({ id: "1", tags: ["home"] });
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(failed("RATE_LIMITED"));
  await refused;
  expect(store.snapshot()).toMatchObject({ chats: [{ tags: ["garden"] }], retagged: 1 });
});
