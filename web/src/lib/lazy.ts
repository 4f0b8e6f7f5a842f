"use client";

import { type ComponentType, lazy as lazyInReact } from "react";

const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;

/** Until the browser says that it is connected again, or some time has passed: what it says is not always true. */
function waiting(most: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = window.setTimeout(go, most);
    window.addEventListener("online", go);
  });
}

/** Loads a part of the client; without a connection it waits for one. */
async function patiently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let pause = SHORTEST_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
    try {
      return await load();
    } catch (error) {
      // With a connection it is not there any more: the server has another build.
      if (navigator.onLine && pause > SHORTEST_MS) throw error;
    }
    await waiting(pause);
  }
}

/** React's own, but a part that cannot be reached comes later, in the place of an error that takes the page away. */
// biome-ignore lint/suspicious/noExplicitAny: as React has it; properties are checked where the part is used
export function lazy<Part extends ComponentType<any>>(load: () => Promise<{ default: Part }>) {
  return lazyInReact(() => patiently(load));
}
