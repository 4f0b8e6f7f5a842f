"use client";

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useSocket } from "@parley/react";
import { useEffect, useRef } from "react";

import { subscribe } from "@/lib/documents";

const BATCH_MS = 100;

/**
 * Hears a subscription while the component is there; what comes close together comes as one list. It begins anew when
 * the text of its variables changes.
 */
export function useSubscribed<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  take: (batch: Data[]) => void,
  variables?: Variables,
) {
  const socket = useSocket();
  const said = JSON.stringify(variables ?? {});
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
    const stop = subscribe(socket, document, JSON.parse(said) as Variables, {
      next: ({ data }) => {
        if (!data) return;
        batch.push(data);
        timer ??= setTimeout(flush, BATCH_MS);
      },
      // The page stays as it is then, and is asked for anew when somebody comes back to it.
      error: () => {},
      complete: () => {},
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [socket, document, said]);
}
