import type { Client } from "graphql-ws";

import { subscribe } from "./documents";
import { RunEventsDocument } from "./gql/graphql";
import { RunStore } from "./store";

const LINGER_MS = 30_000;

type Watched = { store: RunStore; watchers: number; stop: () => void; over: boolean };

const watched = new Map<string, Watched>();

function open(socket: Client, runId: string): Watched {
  const store = new RunStore();
  // graphql-ws sends this very object again after a reconnect: moving its cursor is what resumes the stream.
  const variables = { runId, after: 0 };
  const entry: Watched = { store, watchers: 0, stop: () => {}, over: false };
  const end = () => {
    entry.over = true;
  };
  entry.stop = subscribe(socket, RunEventsDocument, variables, {
    next: ({ data }) => {
      if (!data) return;
      store.push(data.runEvents);
      variables.after = Math.max(variables.after, data.runEvents.sequence);
    },
    error: end,
    complete: end,
  });
  return entry;
}

/**
 * Follows a run until `release` is called. Everybody who watches the same run shares one subscription, which stays
 * open for a while after the last one left, so that leaving a chat and coming back replays nothing.
 */
export function watchRun(socket: Client, runId: string): { store: RunStore; release: () => void } {
  const known = watched.get(runId);
  const broken = known?.over && !known.store.current.finished;
  const entry = known && !broken ? known : open(socket, runId);
  watched.set(runId, entry);
  entry.watchers += 1;
  const release = () => {
    entry.watchers -= 1;
    setTimeout(() => {
      if (entry.watchers > 0 || watched.get(runId) !== entry) return;
      entry.stop();
      watched.delete(runId);
    }, LINGER_MS);
  };
  return { store: entry.store, release };
}

/** The store of a run somebody watches, without joining the watch. */
export const storeOf = (runId: string): RunStore | undefined => watched.get(runId)?.store;
