/** Hooks for React clients of Parley, and what they are made of. */

export { type Change, type ChangeListener, listenToChanges } from "./changes";
export { ParleyProvider, SocketContext, useSocket } from "./context";
export { type Asked, idOf, subscribe, UNKNOWN_DOCUMENT, withoutText } from "./documents";
export * from "./fold";
export { createSocket, type SocketOptions } from "./socket";
export { RunStore } from "./store";
export { useChanges } from "./use-changes";
export { type Connection, useConnection } from "./use-connection";
export { useRunStream } from "./use-run-stream";
export { storeOf, watchRun } from "./watch";
