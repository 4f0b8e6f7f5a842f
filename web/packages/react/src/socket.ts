import { type Client, type ClientOptions, createClient } from "graphql-ws";

import { withoutText } from "./documents";

const CLOSED_BY_SIGN_OUT = new Set([4401, 4403]);
const LONGEST_WAIT_MS = 8_000;
const SILENCE_MS = 8_000;

const closeCode = (reason: unknown): number | null =>
  typeof reason === "object" && reason !== null && "code" in reason && typeof reason.code === "number"
    ? reason.code
    : null;

const signedOut = (reason: unknown) => CLOSED_BY_SIGN_OUT.has(closeCode(reason) ?? 0);

/** Doubles with each try up to a cap; the random part keeps many tabs from coming back in the same instant. */
function pause(retries: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, 250 * 2 ** retries);
  return new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
}

/** A ping without an answer means a connection that is dead without having closed, as after a laptop's sleep. */
function pulse(): Pick<NonNullable<ClientOptions["on"]>, "opened" | "ping" | "pong"> {
  let socket: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return {
    opened: (opened) => {
      socket = opened as WebSocket;
    },
    ping: (received) => {
      if (received) return;
      clearTimeout(silence);
      silence = setTimeout(() => socket?.close(4408, "No answer to a ping"), SILENCE_MS);
    },
    pong: (received) => {
      if (received) clearTimeout(silence);
    },
  };
}

export type SocketOptions = {
  /** Of the server's `/graphql`, beginning with ws: or wss:; a function is asked at each connection. */
  url: string | (() => string);
  /** What the server should know of who connects, such as `{ authorization: "Bearer …" }`; cookies need nothing. */
  connectionParams?: ClientOptions["connectionParams"];
  /** The session or the key has ended: nothing is tried again. */
  onSignedOut?: () => void;
};

/**
 * A WebSocket to a Parley server that opens with the first subscription, closes a while after the last one, comes back
 * by itself, and notices when it is dead.
 */
export function createSocket({ url, connectionParams, onSignedOut }: SocketOptions): Client {
  const { opened, ping, pong } = pulse();
  return createClient({
    url,
    jsonMessageReplacer: withoutText,
    connectionParams,
    lazy: true,
    lazyCloseTimeout: 30_000,
    keepAlive: 12_000,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: pause,
    shouldRetry: (reason) => !signedOut(reason),
    on: {
      opened,
      ping,
      pong,
      closed: (event) => {
        if (signedOut(event)) onSignedOut?.();
      },
    },
  });
}
