import { type Cache, cacheExchange, type DataFields, type UpdateResolver } from "@urql/exchange-graphcache";
import { Client, fetchExchange, mapExchange } from "urql";

import type { CreateApiKeyMutation } from "@/gql/graphql";

import { leaveForSignIn } from "./addresses";
import { byId, fetchById } from "./documents";
import { codeOf } from "./errors";

const embedded = () => null;

/** Objects that are part of another one: they have no id, or one that is unique only inside it. */
const EMBEDDED = [
  "AgentGuardrails",
  "AgentMetrics",
  "AgentVersion",
  "AgentVersionConnection",
  "AgentVersionEdge",
  "CalibrationBin",
  "Alternative",
  "AlternativeScore",
  "ApprovalConnection",
  "ApprovalEdge",
  "AuditDetail",
  "AuditEventConnection",
  "AuditEventEdge",
  "Branch",
  "BudgetConnection",
  "BudgetEdge",
  "BudgetUse",
  "CatalogueModel",
  "ChatConnection",
  "ChatEdge",
  "ChatTag",
  "ContextUse",
  "ExportedChat",
  "Feedback",
  "FilePart",
  "InvitationConnection",
  "InvitationEdge",
  "InvitationOffer",
  "McpError",
  "McpPrompt",
  "McpPromptArgument",
  "McpPromptMessage",
  "MemoryConnection",
  "MemoryEdge",
  "MessageConnection",
  "MessageEdge",
  "ModelCall",
  "ModelCallConnection",
  "ModelCallEdge",
  "Metrics",
  "MetricsPoint",
  "ModelCallStats",
  "ModelHealth",
  "ModelMetrics",
  "ModelSelection",
  "ModelTestError",
  "PageInfo",
  "Percentiles",
  "PlanStep",
  "Projection",
  "ProviderPreset",
  "ReasoningPart",
  "RunError",
  "RunStep",
  "SelectionCandidate",
  "SearchHit",
  "SearchHitConnection",
  "SearchHitEdge",
  "SelectionMetrics",
  "SelectionReason",
  "ServerInfo",
  "ShareConnection",
  "ShareEdge",
  "SharedChat",
  "SharedMessage",
  "SharedMessageConnection",
  "SharedMessageEdge",
  "SignInProvider",
  "SystemDatabase",
  "SystemQueue",
  "SystemStatus",
  "SystemWorker",
  "TextPart",
  "ToolCall",
  "ToolCallEntry",
  "ToolCallEntryConnection",
  "ToolCallEntryEdge",
  "ToolCallPart",
  "ToolError",
  "ToolMetrics",
  "ToolPolicy",
  "Usage",
  "UserConnection",
  "UserEdge",
  "WorkflowConnection",
  "WorkflowEdge",
  "WorkflowProblem",
];

type ListOfViewer = "apiKeys" | "sessions";

/** An earlier version has the id of the newest one, and must not overwrite it: it asks for its `version` as `asOf`. */
const keyOfVersioned = ({ id, asOf }: DataFields) => (asOf === undefined ? String(id) : null);

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

const otherAgents: UpdateResolver = (_result, _args, cache) => cache.invalidate("Query", "agents");

/** Pages of a list are fields of their own, by where they begin. */
const otherPages =
  (list: string): UpdateResolver =>
  (_result, _args, cache) => {
    for (const { fieldName, fieldKey } of cache.inspectFields("Query"))
      if (fieldName === list) cache.invalidate("Query", fieldKey);
  };

/** Servers bring and take tools, and names that rules are about. */
const otherServers: UpdateResolver = (_result, _args, cache) => {
  cache.invalidate("Query", "mcpServers");
  cache.invalidate("Query", "tools");
};

const otherPolicies: UpdateResolver = (_result, _args, cache) => cache.invalidate("Query", "toolPolicies");

const otherMemories = otherPages("memories");
const otherWorkflows = otherPages("workflows");

const otherDownloads: UpdateResolver = (_result, _args, cache) => cache.invalidate("Query", "downloads");

/** Which tags there are may be other ones when those of a chat are. */
const otherTags: UpdateResolver<unknown, { input: { tags?: unknown } }> = (_result, { input }, cache) => {
  if (input.tags) cache.invalidate("Query", "chatTags");
};

const cacheOfTab = () =>
  cacheExchange({
    keys: {
      ...Object.fromEntries(EMBEDDED.map((type) => [type, embedded])),
      Agent: keyOfVersioned,
      Workflow: keyOfVersioned,
    },
    updates: {
      Mutation: {
        createApiKey,
        createAgent: otherAgents,
        deleteAgent: otherAgents,
        createWorkflow: otherWorkflows,
        deleteWorkflow: otherWorkflows,
        addMcpServer: otherServers,
        updateMcpServer: otherServers,
        refreshMcpServer: otherServers,
        removeMcpServer: otherServers,
        finishMcpSignIn: otherServers,
        signOutOfMcpServer: otherServers,
        setToolApproval: otherPolicies,
        addMemory: otherMemories,
        forgetMemory: otherMemories,
        addProvider: otherModels,
        updateProvider: otherModels,
        refreshProvider: otherModels,
        removeProvider: otherModels,
        downloadModel: otherDownloads,
        deleteDownload: otherDownloads,
        revokeApiKey: drop("apiKeys", "ApiKey"),
        revokeSession: drop("sessions", "Session"),
        updateChat: otherTags,
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
    exchanges: [cacheOfTab(), signInWhenOver(), byId(), fetchExchange],
    fetch: fetchById,
    // A query wants one answer: without this the server might choose an event stream from urql's own list.
    fetchOptions: { headers: { accept: "application/graphql-response+json, application/json" } },
  });
