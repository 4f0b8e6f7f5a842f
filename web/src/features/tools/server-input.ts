/** What a form says of an MCP server, as the API takes it. */

import type { AddMcpServerInput, McpTransport, UpdateMcpServerInput } from "@/gql/later/graphql";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/tools";

import type { ServerFacts } from "./approvals";

export const TRANSPORTS: McpTransport[] = ["STREAMABLE_HTTP", "SSE", "STDIO"];

const NAMED = { headers: /^([^:\s]+)\s*:\s*(.*)$/, env: /^([^=\s]+)\s*=(.*)$/ } as const;

/** What is said of a field of secrets: those that are stored for another kind of server are not kept with it. */
export function secretsHint(server: ServerFacts | null, transport: McpTransport): string {
  const program = transport === "STDIO";
  if (!server?.hasSecrets || (server.transport === "STDIO") !== program) return t("form.secret");
  return program ? t("form.keepSecrets") : t("form.keepSecretsOfUrl");
}

type Pairs = { pairs: Record<string, string> | null } | { problem: string };

/** Lines such as `Authorization: Bearer …` or `TOKEN=…`; null without any. */
export function pairsOf(text: string, kind: keyof typeof NAMED): Pairs {
  const pairs: Record<string, string> = {};
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const [, name, value] = NAMED[kind].exec(line.trim()) ?? [];
    if (!name || value === undefined)
      return { problem: t("form.noPair", { example: kind === "env" ? "TOKEN=…" : "Authorization: …" }) };
    pairs[name] = value;
  }
  return { pairs: Object.keys(pairs).length > 0 ? pairs : null };
}

export type ServerForm = { input: AddMcpServerInput; problems: Record<string, string> };

/** One argument a line, so that spaces in one need no quoting. */
const argsOf = (text: string) => text.split("\n").filter((line) => line.trim());

export function readServer(form: FormData, transport: McpTransport): ServerForm {
  const problems: Record<string, string> = {};
  const name = textOf(form, "name").trim();
  if (!name) problems.name = t("form.noName");
  const secrets = (kind: keyof typeof NAMED) => {
    const found = pairsOf(textOf(form, kind), kind);
    if ("problem" in found) problems[kind] = found.problem;
    return "pairs" in found ? found.pairs : null;
  };
  const seconds = textOf(form, "timeoutSeconds").trim();
  const timeoutSeconds = seconds ? Number(seconds) : null;
  if (timeoutSeconds !== null && !(Number.isInteger(timeoutSeconds) && timeoutSeconds > 0))
    problems.timeoutSeconds = t("form.badSeconds");
  const way =
    transport === "STDIO"
      ? {
          command: textOf(form, "command").trim(),
          args: argsOf(textOf(form, "args")),
          env: secrets("env"),
        }
      : { url: textOf(form, "url").trim(), headers: secrets("headers") };
  const rights = form.has("rights")
    ? { shared: form.getAll("rights").includes("shared"), trusted: form.getAll("rights").includes("trusted") }
    : {};
  return { input: { name, transport, timeoutSeconds, ...way, ...rights }, problems };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Only what a form changes: a way that is given again would end the server's connections. */
export function serverChanges(
  server: ServerFacts,
  said: AddMcpServerInput,
): Omit<UpdateMcpServerInput, "id"> {
  const before: Partial<Record<keyof AddMcpServerInput, unknown>> = server;
  return Object.fromEntries(
    Object.entries(said).filter(
      ([field, value]) => value !== null && !same(value, before[field as keyof AddMcpServerInput]),
    ),
  );
}
