"use client";

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
