"use client";

import { createSocket, ParleyProvider } from "@parley/react";
import { type ReactNode, useState } from "react";

import { leaveForSignIn } from "./addresses";

const url = () => `${window.location.origin.replace(/^http/, "ws")}/graphql`;

/** The tab's one WebSocket. */
export function SocketProvider({ children }: { children: ReactNode }) {
  const [socket] = useState(() =>
    typeof window === "undefined" ? null : createSocket({ url, onSignedOut: leaveForSignIn }),
  );
  return <ParleyProvider socket={socket}>{children}</ParleyProvider>;
}
