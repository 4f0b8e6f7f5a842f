"use client";

import type { Client } from "graphql-ws";
import { createContext, type ReactNode, useContext } from "react";

export const SocketContext = createContext<Client | null>(null);

type Props = {
  /** From `createSocket`; null where there is no browser. */
  socket: Client | null;
  children: ReactNode;
};

/** Gives the hooks below it the socket that they share. */
export function ParleyProvider({ socket, children }: Props) {
  return <SocketContext.Provider value={socket}>{children}</SocketContext.Provider>;
}

/**
 * For every subscription of the tab. To resume after a lost connection, keep the `variables` object you subscribed
 * with and move its cursor in `next`: graphql-ws sends that same object again when it reconnects.
 */
export function useSocket(): Client {
  const socket = useContext(SocketContext);
  if (!socket)
    throw new Error("useSocket needs a ParleyProvider with a socket above it, and a browser around it");
  return socket;
}
