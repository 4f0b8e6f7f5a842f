"use client";

import { useEffect, useState, useSyncExternalStore } from "react";

import { useSocket } from "./context";
import type { RunView } from "./fold";
import type { RunStore } from "./store";
import { storeOf, watchRun } from "./watch";

const noStore = { subscribe: () => () => {}, snapshot: () => null };

/** The live view of a run, changing at most once a frame; null while there is nothing to watch. */
export function useRunStream(runId: string | null): RunView | null {
  const socket = useSocket();
  const [, joined] = useState<RunStore>();
  useEffect(() => {
    if (!runId) return;
    const { store, release } = watchRun(socket, runId);
    joined(store);
    return release;
  }, [socket, runId]);

  const store = runId ? (storeOf(runId) ?? noStore) : noStore;
  return useSyncExternalStore<RunView | null>(store.subscribe, store.snapshot, noStore.snapshot);
}
