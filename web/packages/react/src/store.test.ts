// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";

import type { RunEvent } from "./fold";
import { RunStore } from "./store";

const delta = (sequence: number) =>
  ({
    __typename: "TextDelta",
    sequence,
    createdAt: "2026-01-01T00:00:00Z",
    messageId: "m",
    text: "x",
  }) as RunEvent;
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

afterEach(() => Reflect.deleteProperty(document, "hidden"));

test("a thousand events in a frame notify once, with all of them", async () => {
  const store = new RunStore();
  const listener = vi.fn();
  store.subscribe(listener);
  for (let sequence = 1; sequence <= 1_000; sequence += 1) store.push(delta(sequence));
  expect(listener).not.toHaveBeenCalled();
  await nextFrame();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(store.snapshot().messages.m?.text).toHaveLength(1_000);
});

test("a hidden tab, which gets no frames, is notified at once", () => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  const store = new RunStore();
  store.push(delta(1));
  expect(store.snapshot().sequence).toBe(1);
});
