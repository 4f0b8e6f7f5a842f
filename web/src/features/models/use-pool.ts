"use client";

import { useMemo, useState } from "react";
import { useQuery } from "urql";

import { readFragment } from "@/gql/later";
import {
  ModelFactsFragmentDoc,
  ModelHealthDocument,
  ModelPoolDocument,
  type ModelPoolQuery,
  ModelPulseFragmentDoc,
  ProviderFactsFragmentDoc,
} from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { useSubscribed } from "@/lib/use-subscribed";

import { isNews, type PoolModel, type Pulses, withPulses } from "./pool";

const modelOf = (model: ModelPoolQuery["models"][number]): PoolModel => ({
  ...readFragment(ModelFactsFragmentDoc, model),
  ...readFragment(ModelPulseFragmentDoc, model),
  providerId: model.provider.id,
});

/** The pool, live: providers, their models, and whether the viewer may change them. */
export function usePool() {
  const [{ data, error }, run] = useQuery({ query: ModelPoolDocument, requestPolicy: "cache-and-network" });
  const [pulses, setPulses] = useState<Pulses>(new Map());
  const known = useMemo(() => data?.models.map(modelOf), [data]);
  const refresh = () => run({ requestPolicy: "network-only" });

  useSubscribed(ModelHealthDocument, (batch) => {
    const heard = batch.map(({ modelHealth }) => readFragment(ModelPulseFragmentDoc, modelHealth));
    setPulses((before) => new Map([...before, ...heard.map((pulse) => [pulse.id, pulse] as const)]));
    if (known && heard.some((pulse) => isNews(pulse, known))) refresh();
  });

  return {
    models: useMemo(() => known && withPulses(known, pulses), [known, pulses]),
    providers: data ? readFragment(ProviderFactsFragmentDoc, data.providers) : [],
    admin: data?.viewer?.role === "ADMIN",
    problem: error && !data ? messageOf(error) : null,
    refresh,
  };
}
