import { expect, test } from "vitest";

import type { SentFile } from "@/lib/uploads";

import { Attachments, MOST_FILES, underWay } from "./attachments";

const previews = { createObjectURL: () => "blob:preview", revokeObjectURL: () => {} };
const fileOf = (name: string, type = "text/plain") => new File(["words"], name, { type });

/** A server that answers when it is told to. */
function server() {
  const asked: { file: File; progress: (share: number) => void; end: (reason?: string) => void }[] = [];
  const send = (file: File, progress: (share: number) => void, signal: AbortSignal) =>
    new Promise<SentFile>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      const sent = {
        id: `id-${file.name}`,
        name: file.name,
        mediaType: "text/plain",
        sizeBytes: 5,
        url: "/f",
      };
      asked.push({ file, progress, end: (reason) => (reason ? reject(new Error(reason)) : resolve(sent)) });
    });
  return { asked, send };
}

test("a file is under way, then ready, and goes with one message", async () => {
  const { asked, send } = server();
  const files = new Attachments(send, previews);
  files.add([fileOf("a.png", "image/png")]);
  asked[0]?.progress(0.5);
  expect(files.snapshot()).toMatchObject([
    { name: "a.png", progress: 0.5, preview: "blob:preview", sent: null },
  ]);
  expect(underWay(files.snapshot())).toBe(true);
  expect(files.take()).toEqual([]);

  asked[0]?.end();
  await Promise.resolve();
  await Promise.resolve();

  expect(underWay(files.snapshot())).toBe(false);
  expect(files.take().map(({ id }) => id)).toEqual(["id-a.png"]);
  expect(files.snapshot()).toEqual([]);
});

test("a refused file stays with its reason, and stops no other", async () => {
  const { asked, send } = server();
  const files = new Attachments(send, previews);
  files.add([fileOf("bad.zip"), fileOf("good.txt")]);
  asked[0]?.end("The file is a ZIP archive.");
  asked[1]?.end();
  await Promise.resolve();
  await Promise.resolve();

  expect(files.take().map(({ name }) => name)).toEqual(["good.txt"]);
  expect(files.snapshot()).toMatchObject([{ name: "bad.zip", reason: "The file is a ZIP archive." }]);
});

test("a file that is taken back is not sent on, and one too many says so", () => {
  const { asked, send } = server();
  const files = new Attachments(send, previews);
  files.add(Array.from({ length: MOST_FILES + 1 }, (_, index) => fileOf(`${index}.txt`)));
  expect(asked).toHaveLength(MOST_FILES);
  expect(files.snapshot().at(-1)?.reason).toBe("A message takes at most 20 files.");
  const [first] = files.snapshot();
  files.remove(first?.key ?? "");
  expect(files.snapshot()).toHaveLength(MOST_FILES);
});

test("what a message could not take along comes back", () => {
  const files = new Attachments(server().send, previews);
  files.putBack([{ id: "1", name: "a.txt", mediaType: "text/plain", sizeBytes: 3, url: "/files/1" }]);
  expect(files.take().map(({ id }) => id)).toEqual(["1"]);
});
