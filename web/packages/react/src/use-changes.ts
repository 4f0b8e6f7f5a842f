"use client";

import { useContext, useEffect, useRef } from "react";

import { type Change, listenToChanges } from "./changes";
import { SocketContext } from "./context";

const SETTLE_MS = 60;

/** Calls `refresh`, a moment later and once for what comes together, when a change `concerns` it or some were missed. */
export function useChanges(concerns: (change: Change) => boolean, refresh: () => void) {
  const socket = useContext(SocketContext);
  const latest = useRef({ concerns, refresh });
  useEffect(() => {
    latest.current = { concerns, refresh };
  });
  useEffect(() => {
    if (!socket) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => latest.current.refresh(), SETTLE_MS);
    };
    const stop = listenToChanges(socket, {
      change: (change) => {
        if (latest.current.concerns(change)) soon();
      },
      gap: soon,
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [socket]);
}
