import { expect, test } from "vitest";

import { lastAnswering } from "./answering";
import type { ThreadMessage } from "./thread";

const answer = (agentId: string, thinking: string) =>
  ({ role: "ASSISTANT", run: { id: "r", agent: { id: agentId, name: agentId }, thinking } }) as never;
const question = { role: "USER", run: null } as unknown as ThreadMessage;

const byWorkflow = {
  role: "ASSISTANT",
  run: { id: "r", agent: { id: "desk", name: "desk" }, workflow: { id: "flow" }, thinking: "IMMEDIATE" },
} as never;

test("a chat goes on with whom and how it was answered last; a new one leaves both to the server", () => {
  expect(lastAnswering({ messages: [], agentId: null })).toEqual({
    agentId: null,
    workflowId: null,
    thinking: null,
  });
  const messages = [question, answer("desk", "IMMEDIATE"), question, answer("chief", "FUTURE"), question];
  expect(lastAnswering({ messages, agentId: "desk" })).toEqual({
    agentId: "chief",
    workflowId: null,
    thinking: "FUTURE",
  });
  expect(lastAnswering({ messages: [...messages, byWorkflow], agentId: "desk" })).toEqual({
    agentId: null,
    workflowId: "flow",
    thinking: null,
  });
});

test("a chat that was begun with an agent is answered by it, in its own way", () => {
  expect(lastAnswering({ messages: [], agentId: "desk" })).toEqual({
    agentId: "desk",
    workflowId: null,
    thinking: null,
  });
});
