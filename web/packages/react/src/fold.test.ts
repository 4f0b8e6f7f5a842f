import { describe, expect, test } from "vitest";

import { foldRunEvent, NOTHING_YET, type RunEvent } from "./fold";

let clock = 0;
const at = () => {
  clock += 1_000;
  return new Date(clock).toISOString();
};
const event = (sequence: number, fields: object) => ({ sequence, createdAt: at(), ...fields }) as RunEvent;
const text = (sequence: number, piece: string) =>
  event(sequence, { __typename: "TextDelta", messageId: "m", text: piece });
const fold = (...events: RunEvent[]) => events.reduce(foldRunEvent, NOTHING_YET);

describe("foldRunEvent", () => {
  test("adds up the text of a message", () => {
    expect(fold(text(1, "Hel"), text(2, "lo")).messages.m?.text).toBe("Hello");
  });

  test("events seen before change nothing, not even identity", () => {
    const view = fold(text(1, "a"), text(4, "bcd"));
    expect(foldRunEvent(view, text(3, "c"))).toBe(view);
    expect(foldRunEvent(view, text(4, "bcd"))).toBe(view);
  });

  test("a discarded message starts anew; other messages stay", () => {
    const other = event(2, { __typename: "TextDelta", messageId: "n", text: "kept" });
    const discarded = event(3, { __typename: "MessageDiscarded", messageId: "m", reason: "worker died" });
    const view = fold(text(1, "lost"), other, discarded, text(4, "new"));
    expect([view.messages.m?.text, view.messages.n?.text]).toEqual(["new", "kept"]);
  });

  test("reasoning is kept apart from text, with its duration", () => {
    const think = (sequence: number, piece: string) =>
      event(sequence, { __typename: "ReasoningDelta", messageId: "m", text: piece });
    const { m } = fold(think(1, "Hm"), think(2, "m."), text(3, "Yes")).messages;
    expect(m).toMatchObject({ reasoning: "Hmm.", text: "Yes" });
    expect(Date.parse(m?.reasoningTo ?? "") - Date.parse(m?.reasoningFrom ?? "")).toBe(1_000);
  });

  test("a tool call starts, then ends in the same row", () => {
    const view = fold(
      event(1, {
        __typename: "ToolCallStarted",
        toolCall: { id: "t", name: "search", arguments: { q: 1 }, status: "IN_PROGRESS" },
      }),
      event(2, {
        __typename: "ToolCallFinished",
        toolCall: {
          id: "t",
          name: "search",
          arguments: { q: 1 },
          status: "COMPLETED",
          output: 3,
          outputTruncated: true,
          durationMs: 5,
        },
      }),
    );
    expect(view.toolCalls).toEqual([
      {
        id: "t",
        parentId: null,
        name: "search",
        arguments: { q: 1 },
        status: "COMPLETED",
        output: 3,
        outputTruncated: true,
        error: null,
        durationMs: 5,
        progress: null,
      },
    ]);
  });

  test("a call says how far it is until it ends", () => {
    const started = event(1, {
      __typename: "ToolCallStarted",
      toolCall: { id: "t", name: "index", arguments: {}, status: "IN_PROGRESS" },
    });
    const half = event(2, {
      __typename: "ToolCallProgressed",
      callId: "t",
      progress: 1,
      total: 2,
      text: "files",
    });
    const vague = event(3, {
      __typename: "ToolCallProgressed",
      callId: "t",
      progress: 2,
      total: null,
      text: "",
    });

    expect(fold(started, half).toolCalls[0]?.progress).toBe("50 % · files");
    expect(fold(started, half, vague).toolCalls[0]?.progress).toBeNull();
  });

  test("a call that was declined ends without having begun", () => {
    const view = fold(
      event(1, {
        __typename: "ToolCallFinished",
        toolCall: {
          id: "t",
          name: "drop",
          arguments: {},
          status: "REJECTED",
          error: "No.",
          outputTruncated: false,
        },
      }),
    );
    expect(view.toolCalls).toMatchObject([{ id: "t", status: "REJECTED", error: "No." }]);
  });

  test("status, selection, plan and the end are taken over", () => {
    const selection = { modelId: "x", reasoning: "fast", confidence: 0.8 };
    const view = fold(
      event(1, { __typename: "RunStatusChanged", status: "IN_PROGRESS" }),
      event(2, { __typename: "ModelSelected", selection }),
      event(3, { __typename: "PlanUpdated", note: "a note", steps: [{ title: "look", status: "PENDING" }] }),
      event(4, {
        __typename: "RunFinished",
        run: { id: "r", status: "FAILED", error: { code: "MODEL_UNAVAILABLE" } },
      }),
    );
    expect(view).toMatchObject({
      status: "FAILED",
      selection,
      plan: { steps: [{ title: "look" }], note: "a note" },
      finished: { id: "r" },
      sequence: 4,
    });
  });

  test("agents are kept in the order in which they took over; one that begins again is no other one", () => {
    const agent = (sequence: number, name: string) =>
      event(sequence, { __typename: "AgentChanged", agent: { id: name, name } });
    expect(fold(agent(1, "Desk"), agent(2, "Desk"), agent(3, "Expert")).agents).toEqual(["Desk", "Expert"]);
  });

  test("a kind this client does not know only moves the cursor", () => {
    const view = fold(text(1, "a"), event(2, { __typename: "FromTheFuture" }));
    expect(view).toMatchObject({ sequence: 2, messages: { m: { text: "a" } } });
  });
});
