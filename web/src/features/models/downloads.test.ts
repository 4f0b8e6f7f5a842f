import { expect, test } from "vitest";

import { type Download, entriesOf, type LocalEntry, shareOf, verbsOf, wordsOf } from "./downloads";
import { sampleDownload, sampleOffer } from "./samples";

const entry = (download: Download | null, installed = false): LocalEntry => ({
  offer: sampleOffer({ installed }),
  download,
});

test("an offer goes with its download, and what was heard last counts", () => {
  const heard = new Map([["download_1", sampleDownload("DOWNLOADING", { receivedBytes: 250e6 })]]);
  const [small, other] = entriesOf(
    [sampleOffer(), sampleOffer({ name: "other" })],
    [sampleDownload("QUEUED")],
    heard,
  );

  expect(small?.download?.state).toBe("DOWNLOADING");
  expect(other?.download).toBeNull();
});

test("what can be done follows from the state", () => {
  expect(verbsOf(entry(null))).toEqual(["download"]);
  expect(verbsOf(entry(null, true))).toEqual([]);
  expect(verbsOf(entry(sampleDownload("DOWNLOADING")))).toEqual(["pause", "delete"]);
  expect(verbsOf(entry(sampleDownload("PAUSED")))).toEqual(["resume", "delete"]);
  expect(verbsOf(entry(sampleDownload("FAILED")))).toEqual(["resume", "delete"]);
  expect(verbsOf(entry(sampleDownload("VERIFYING")))).toEqual([]);
  expect(verbsOf(entry(sampleDownload("COMPLETED"), true))).toEqual(["delete"]);
});

test("progress is said in words, and never goes beyond the whole", () => {
  expect(wordsOf(entry(sampleDownload("DOWNLOADING", { receivedBytes: 250e6 })))).toBe(
    "50 % · 250 MB of 500 MB",
  );
  expect(wordsOf(entry(sampleDownload("FAILED", { error: "no space" })))).toBe("Failed: no space");
  expect(shareOf(entry(sampleDownload("DOWNLOADING", { receivedBytes: 600e6 })))).toBe(1);
});
