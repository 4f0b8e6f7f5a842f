import { expect, test } from "vitest";

import { archiveOf } from "./pieces";

const piecesOf = (text: string, piece?: number) =>
  archiveOf(text, piece ? { piece, chat: 1_000 } : undefined)?.pieces ?? null;

test("a large archive comes in pieces that know where they began, and nothing is lost", () => {
  const chats = Array.from({ length: 7 }, (_, index) => ({ title: `"${index}"`, text: "x".repeat(40) }));

  const pieces = piecesOf(JSON.stringify(chats), 200) ?? [];

  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.flatMap(({ content }) => JSON.parse(content))).toEqual(chats);
  for (const { content, from } of pieces) expect(JSON.parse(content)[0]).toEqual(chats[from]);
});

test("one chat is an archive of one, a chat larger than a piece is a piece, and many small ones are several", () => {
  expect(piecesOf('{"title":"a"}')).toEqual([{ content: '[{"title":"a"}]', from: 0 }]);
  expect(piecesOf('[{"a":"0123456789"},1]', 5)?.map(({ from }) => from)).toEqual([0, 1]);
  expect(piecesOf(JSON.stringify(Array(401).fill(0)))?.map(({ from }) => from)).toEqual([0, 200, 400]);
  expect(piecesOf("[]")).toEqual([]);
});

test("what is not JSON is no archive", () => {
  expect(archiveOf("PK zip")).toBeNull();
});

test("a chat that no request can hold is left out, and those around it keep their places", () => {
  const archive = archiveOf(JSON.stringify(["a", "b", "x".repeat(50), "c"]), { piece: 100, chat: 40 });
  expect(archive).toEqual({
    pieces: [
      { content: '["a","b"]', from: 0 },
      { content: '["c"]', from: 3 },
    ],
    oversized: [2],
  });
});
