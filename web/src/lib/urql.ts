import { type Cache, cacheExchange, type DataFields, type UpdateResolver } from "@urql/exchange-graphcache";
import { Client, fetchExchange, mapExchange } from "urql";

import type { CreateApiKeyMutation } from "@/gql/graphql";

import { leaveForSignIn } from "./addresses";
import { codeOf } from "./errors";

const embedded = () => null;

/** Objects that are part of another one: they have no id, or one that is unique only inside it. */
const EMBEDDED = [
  "CatalogueModel",
  "ChatConnection",
  "ChatEdge",
  "FilePart",
  "MessageConnection",
  "MessageEdge",
  "ModelHealth",
  "ModelSelection",
  "ModelTestError",
  "PageInfo",
  "Percentiles",
  "PlanStep",
  "ProviderPreset",
  "ReasoningPart",
  "RunError",
  "RunStep",
  "SelectionCandidate",
  "SelectionReason",
  "ServerInfo",
  "TextPart",
  "ToolCall",
  "ToolCallPart",
  "Usage",
];

type ListOfViewer = "apiKeys" | "sessions";

/** Changes a list of the viewer's in place, if it is in the cache; `change` sees and gives entity keys. */
function relist(cache: Cache, field: ListOfViewer, change: (keys: string[]) => (string | DataFields)[]) {
  const viewer = cache.resolve("Query", "viewer");
  if (typeof viewer !== "string") return;
  const keys = cache.resolve(viewer, field);
  if (Array.isArray(keys)) cache.link(viewer, field, change(keys.map(String)) as string[]);
}

const drop =
  (field: ListOfViewer, type: string): UpdateResolver<unknown, { id: string }> =>
  (_result, { id }, cache) =>
    relist(cache, field, (keys) => keys.filter((key) => key !== `${type}:${id}`));

const createApiKey: UpdateResolver<CreateApiKeyMutation> = ({ createApiKey: made }, _args, cache) =>
  relist(cache, "apiKeys", (keys) => [made.apiKey, ...keys]);

/** Which models there are has changed: lists of them are asked for anew where they are shown. */
const otherModels: UpdateResolver = (_result, _args, cache) => {
  cache.invalidate("Query", "models");
  cache.invalidate("Query", "providers");
};

const otherDownloads: UpdateResolver = (_result, _args, cache) => cache.invalidate("Query", "downloads");

const cacheOfTab = () =>
  cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((type) => [type, embedded])),
    updates: {
      Mutation: {
        createApiKey,
        addProvider: otherModels,
        updateProvider: otherModels,
        refreshProvider: otherModels,
        removeProvider: otherModels,
        downloadModel: otherDownloads,
        deleteDownload: otherDownloads,
        revokeApiKey: drop("apiKeys", "ApiKey"),
        revokeSession: drop("sessions", "Session"),
        deleteChat: (_result, { id }: { id: string }, cache) => cache.invalidate({ __typename: "Chat", id }),
      },
    },
  });

const signInWhenOver = () =>
  mapExchange({
    onError: (error) => {
      if (codeOf(error) === "UNAUTHENTICATED") leaveForSignIn();
    },
  });

/** Queries and mutations of this tab. Subscriptions go through the tab's one socket instead: see socket.tsx. */
export const createUrqlClient = (): Client =>
  new Client({
    url: "/graphql",
    preferGetMethod: false,
    exchanges: [cacheOfTab(), signInWhenOver(), fetchExchange],
    // A query wants one answer: without this the server might choose an event stream from urql's own list.
    fetchOptions: { headers: { accept: "application/graphql-response+json, application/json" } },
  });
