"use client";

import { useCallback, useSyncExternalStore } from "react";
import { useQuery } from "urql";

import { ModelChoicesDocument, type ModelChoicesQuery } from "@/gql/graphql";

export type ModelChoice = ModelChoicesQuery["models"][number];

/** The models a message can be sent to, and where a person may drop another one. */
export function useModels() {
  const [{ data, fetching }] = useQuery({ query: ModelChoicesDocument, requestPolicy: "cache-and-network" });
  const models = data?.models.filter((model) => model.enabled) ?? [];
  const modest = Boolean(data) && models.length === 1 && models.every((model) => model.local);
  return { models, fetching, modest, modelsFolder: data?.server.modelsFolder ?? null };
}

const KEY = "parley.model";
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The chosen model's id, null for "Auto": remembered on this device and shared by its tabs. */
export function useChosenModel(): [string | null, (id: string | null) => void] {
  const chosen = useSyncExternalStore(subscribe, read, () => null);
  const choose = useCallback((id: string | null) => {
    try {
      if (id) localStorage.setItem(KEY, id);
      else localStorage.removeItem(KEY);
    } catch {
      // Without storage the choice cannot be kept; "Auto" stays.
    }
    for (const listener of listeners) listener();
  }, []);
  return [chosen, choose];
}
