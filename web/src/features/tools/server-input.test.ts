import { expect, test } from "vitest";

import { patternOf, type ServerFacts } from "./approvals";
import { pairsOf, readServer, secretsHint, serverChanges } from "./server-input";

const SERVER: ServerFacts = {
  __typename: "McpServer",
  id: "mcp_1",
  name: "files",
  transport: "STREAMABLE_HTTP",
  status: "CONNECTED",
  connectedAt: null,
  retryAt: null,
  lastError: null,
  url: "https://mcp.example.com/mcp",
  command: null,
  args: null,
  hasSecrets: true,
  signedIn: false,
  shared: false,
  trusted: false,
  editable: true,
  timeoutSeconds: 60,
  tools: [],
};

function formOf(said: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  return form;
}

test("headers and variables are lines of a name and a value", () => {
  expect(pairsOf("Authorization: Bearer a:b\n\nX-Team:blue", "headers")).toEqual({
    pairs: { Authorization: "Bearer a:b", "X-Team": "blue" },
  });
  expect(pairsOf("TOKEN=a=b", "env")).toEqual({ pairs: { TOKEN: "a=b" } });
  expect(pairsOf(" \n", "env")).toEqual({ pairs: null });
  expect(pairsOf("no name", "headers")).toHaveProperty("problem");
});

test("a program is sent without an address, and an address without a program", () => {
  const form = formOf({
    name: "files",
    command: "npx",
    args: "-y\nserver",
    url: "https://x",
    timeoutSeconds: "30",
  });

  expect(readServer(form, "STDIO").input).toEqual({
    name: "files",
    transport: "STDIO",
    timeoutSeconds: 30,
    command: "npx",
    args: ["-y", "server"],
    env: null,
  });
  expect(readServer(form, "SSE").input).not.toHaveProperty("command");
});

test("a member's form says nothing of who else may use it", () => {
  expect(readServer(formOf({ name: "a", url: "https://x" }), "SSE").input).not.toHaveProperty("shared");
  expect(readServer(formOf({ name: "a", url: "https://x", rights: "" }), "SSE").input).toMatchObject({
    shared: false,
    trusted: false,
  });
});

test("what is wrong is said by field", () => {
  const { problems } = readServer(formOf({ headers: "token", timeoutSeconds: "soon" }), "SSE");

  expect(Object.keys(problems).sort()).toEqual(["headers", "name", "timeoutSeconds"]);
});

test("only what differs is sent, so that what stays the same is not reached anew", () => {
  const form = formOf({
    name: "files",
    url: "https://mcp.example.com/mcp",
    timeoutSeconds: "60",
    rights: "shared",
  });

  expect(serverChanges(SERVER, readServer(form, "STREAMABLE_HTTP").input)).toEqual({ shared: true });
});

test("the pattern of one tool covers no other", () => {
  expect(patternOf({ source: "files", name: "read[1]*" })).toBe("files/read[[]1][*]");
});

test("what is said of stored secrets is what becomes of them", () => {
  expect(secretsHint(SERVER, "SSE")).toContain("keep them with the same URL");
  expect(secretsHint({ ...SERVER, transport: "STDIO" }, "STDIO")).toContain("to keep them;");
  expect(secretsHint(SERVER, "STDIO")).not.toContain("Some are stored");
  expect(secretsHint({ ...SERVER, transport: "STDIO" }, "SSE")).not.toContain("Some are stored");
  expect(secretsHint({ ...SERVER, hasSecrets: false }, "SSE")).not.toContain("Some are stored");
});
