"use client";

import { useContext, useEffect, useState } from "react";

import { SocketContext } from "./context";

export type Connection = "online" | "offline" | "reconnecting";

/** A connection that is back within this time was never worth a word. */
const PATIENCE_MS = 2_000;
/** The socket closed because nobody needs it, or because the person has signed out. */
const MEANT = new Set([1000, 4401, 4403]);

const codeOf = (event: unknown) => (event as { code?: number } | null)?.code ?? 0;

/** Whether the server can be reached, as far as this tab can tell. */
export function useConnection(): Connection {
  const socket = useContext(SocketContext);
  const [online, setOnline] = useState(true);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);

  useEffect(() => {
    if (!socket) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stops = [
      socket.on("connected", () => {
        clearTimeout(timer);
        timer = undefined;
        setLost(false);
      }),
      socket.on("closed", (event) => {
        if (!MEANT.has(codeOf(event))) timer ??= setTimeout(() => setLost(true), PATIENCE_MS);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [socket]);

  if (!online) return "offline";
  return lost ? "reconnecting" : "online";
}
