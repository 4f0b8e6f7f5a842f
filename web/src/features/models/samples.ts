/** Models, providers and downloads for tests, each as the API gives them. */

import type { ProviderFactsFragment } from "@/gql/later/graphql";

import type { Download, Offer } from "./downloads";
import type { PoolModel } from "./pool";

const percentiles = (p50: number) => ({ __typename: "Percentiles", p50 }) as const;

export const HEALTH: PoolModel["health"] = {
  __typename: "ModelHealth",
  state: "HEALTHY",
  reason: null,
  openUntil: null,
  ttftMs: percentiles(80),
  outputTokensPerSecond: percentiles(40),
};

export const sampleModel = (id: string, more: Partial<PoolModel> = {}): PoolModel => ({
  __typename: "Model",
  id,
  name: id,
  displayName: id,
  enabled: true,
  available: true,
  local: false,
  capabilities: [],
  contextWindow: null,
  maxOutputTokens: null,
  inputUsdPerMillion: null,
  cachedInputUsdPerMillion: null,
  outputUsdPerMillion: null,
  edited: [],
  tier: "REMOTE",
  loadMs: null,
  health: HEALTH,
  providerId: "one",
  ...more,
});

export const sampleProvider = (id: string): ProviderFactsFragment => ({
  __typename: "Provider",
  id,
  name: id,
  kind: "openai",
  baseUrl: null,
  managed: false,
  hasApiKey: true,
  discoveredAt: null,
  problem: null,
});

export const sampleOffer = (more: Partial<Offer> = {}): Offer => ({
  __typename: "CatalogueModel",
  name: "small",
  title: "Small",
  sizeBytes: 500e6,
  licence: "MIT",
  publisher: "https://example.org",
  installed: false,
  ...more,
});

export const sampleDownload = (state: Download["state"], more: Partial<Download> = {}): Download => ({
  __typename: "Download",
  id: "download_1",
  name: "small",
  state,
  receivedBytes: 0,
  error: null,
  ...more,
});
