"use client";

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useEffect, useRef } from "react";
import { stringifyDocument } from "urql";

import { useSocket } from "@/lib/socket";

const BATCH_MS = 100;

/** Hears a subscription without variables while the component is there; what comes close together comes as one list. */
export function useSubscribed<Data>(
  document: TypedDocumentNode<Data, Record<string, never>>,
  take: (batch: Data[]) => void,
) {
  const socket = useSocket();
  const taker = useRef(take);
  useEffect(() => {
    taker.current = take;
  });
  useEffect(() => {
    let batch: Data[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const full = batch;
      batch = [];
      taker.current(full);
    };
    const stop = socket.subscribe<Data & Record<string, unknown>>(
      { query: stringifyDocument(document) },
      {
        next: ({ data }) => {
          if (!data) return;
          batch.push(data);
          timer ??= setTimeout(flush, BATCH_MS);
        },
        // The page stays as it is then, and is asked for anew when somebody comes back to it.
        error: () => {},
        complete: () => {},
      },
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [socket, document]);
}
