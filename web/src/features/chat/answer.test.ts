import type { RunView } from "@parley/react";
import { expect, test } from "vitest";

import { answerOf } from "./answer";
import type { ThreadMessage } from "./thread";

const run = {
  id: "run",
  status: "COMPLETED",
  thinking: "IMMEDIATE",
  workflow: { id: "flow" },
  model: { id: "m", name: "strong", displayName: "Strong" },
};
const message = (id: string, content: string, modelUsed: string) =>
  ({
    id,
    content,
    modelUsed,
    parts: [],
    status: "COMPLETED",
    agentId: null,
    run,
  }) as unknown as ThreadMessage;
const streamed = {
  sequence: 9,
  status: "COMPLETED",
  finished: {},
  plan: null,
  agents: [],
  toolCalls: [],
  messages: { own: { text: "Merged.", reasoning: "" } },
} as unknown as RunView;

test("an answer beside the run's own is shown as it is stored, with the model that wrote it", () => {
  const beside = answerOf(message("other", "By middling", "middling"), streamed);
  expect([beside.text, beside.modelName, beside.live]).toEqual(["By middling", "middling", false]);
  const own = answerOf(message("own", "", "strong"), streamed);
  expect([own.text, own.modelName, own.byWorkflow]).toEqual(["Merged.", "Strong", true]);
});
