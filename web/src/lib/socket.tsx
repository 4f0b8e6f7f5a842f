"use client";

import { type Client, type ClientOptions, createClient } from "graphql-ws";
import { createContext, type ReactNode, useContext, useState } from "react";

import { leaveForSignIn } from "./addresses";

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

const socketUrl = () => `${window.location.origin.replace(/^http/, "ws")}/graphql`;

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

function connect(): Client {
  const { opened, ping, pong } = pulse();
  return createClient({
    url: socketUrl,
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
        if (signedOut(event)) leaveForSignIn();
      },
    },
  });
}

const SocketContext = createContext<Client | null>(null);

/** The tab's one WebSocket; it opens with the first subscription and closes a while after the last one. */
export function SocketProvider({ children }: { children: ReactNode }) {
  const [socket] = useState(() => (typeof window === "undefined" ? null : connect()));
  return <SocketContext.Provider value={socket}>{children}</SocketContext.Provider>;
}

/**
 * For every subscription of the tab. To resume after a lost connection, keep the `variables` object you subscribed
 * with and move its cursor in `next`: graphql-ws sends that same object again when it reconnects.
 */
export function useSocket(): Client {
  const socket = useContext(SocketContext);
  if (!socket) throw new Error("useSocket needs a SocketProvider above it, and a browser around it");
  return socket;
}
