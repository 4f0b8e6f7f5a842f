import type { Client } from "graphql-ws";

import { subscribe } from "./documents";
import { ChangesDocument, type ChangesSubscription } from "./gql/graphql";

export type Change = ChangesSubscription["changes"];
/** `change` for each change; `gap` when some may have been missed and everything shown should be asked for again. */
export type ChangeListener = { change: (change: Change) => void; gap: () => void };

type Feed = { listeners: Set<ChangeListener>; stop: () => void };
const feeds = new WeakMap<Client, Feed>();

function open(socket: Client): Feed {
  const listeners = new Set<ChangeListener>();
  // The same object is sent again after a reconnect, so the cursor in it resumes the feed.
  const variables: { after: string | null } = { after: null };
  let connections = 0;
  const unwatch = socket.on("connected", () => {
    connections += 1;
    // With no cursor yet the server starts from now: what happened while the socket was down is unknown.
    if (connections > 1 && variables.after === null) for (const { gap } of listeners) gap();
  });
  let stopped = false;
  const unsubscribe = subscribe(socket, ChangesDocument, variables, {
    next: ({ data }) => {
      if (!data) return;
      variables.after = data.changes.cursor;
      for (const { change } of listeners) change(data.changes);
    },
    // A cursor the server no longer knows, for one: start from now, and let everybody look again.
    error: () => reopen(),
    complete: () => reopen(),
  });
  const feed: Feed = {
    listeners,
    stop: () => {
      stopped = true;
      unwatch();
      unsubscribe();
    },
  };
  function reopen() {
    if (stopped) return;
    feed.stop();
    setTimeout(() => {
      if (feeds.get(socket) !== feed || listeners.size === 0) return;
      const next = open(socket);
      for (const listener of listeners) next.listeners.add(listener);
      feeds.set(socket, next);
      for (const { gap } of next.listeners) gap();
    }, 2_000);
  }
  return feed;
}

/** Hears of everything of the viewer's that changes, in this tab or anywhere else. One subscription a tab. */
export function listenToChanges(socket: Client, listener: ChangeListener): () => void {
  const known = feeds.get(socket) ?? open(socket);
  feeds.set(socket, known);
  known.listeners.add(listener);
  return () => {
    const feed = feeds.get(socket);
    feed?.listeners.delete(listener);
    known.listeners.delete(listener);
    if (feed?.listeners.size !== 0) return;
    feed.stop();
    feeds.delete(socket);
  };
}
