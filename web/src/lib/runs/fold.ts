import type { RunEventsSubscription, RunStatus } from "@/gql/graphql";

export type RunEvent = RunEventsSubscription["runEvents"];
type EventOf<Name extends NonNullable<RunEvent["__typename"]>> = Extract<RunEvent, { __typename?: Name }>;

export type StreamedMessage = {
  text: string;
  reasoning: string;
  /** When the first and the latest piece of reasoning were written, in the server's time. */
  reasoningFrom: string | null;
  reasoningTo: string | null;
};
export type ToolCallView = {
  id: string;
  name: string;
  arguments: unknown;
  status: string;
  output: unknown;
  error: string | null;
  durationMs: number | null;
};
export type Selection = EventOf<"ModelSelected">["selection"];
export type FinishedRun = EventOf<"RunFinished">["run"];

/** What a watcher knows of a run after the event `sequence`. */
export type RunView = {
  sequence: number;
  status: RunStatus;
  messages: Readonly<Record<string, StreamedMessage>>;
  selection: Selection | null;
  agent: string | null;
  plan: EventOf<"PlanUpdated">["steps"];
  toolCalls: readonly ToolCallView[];
  finished: FinishedRun | null;
};

export const NOTHING_YET: RunView = {
  sequence: 0,
  status: "QUEUED",
  messages: {},
  selection: null,
  agent: null,
  plan: [],
  toolCalls: [],
  finished: null,
};

const EMPTY: StreamedMessage = { text: "", reasoning: "", reasoningFrom: null, reasoningTo: null };

function edit(view: RunView, id: string, change: (message: StreamedMessage) => StreamedMessage): RunView {
  return { ...view, messages: { ...view.messages, [id]: change(view.messages[id] ?? EMPTY) } };
}

function think(message: StreamedMessage, event: EventOf<"ReasoningDelta">): StreamedMessage {
  return {
    ...message,
    reasoning: message.reasoning + event.text,
    reasoningFrom: message.reasoningFrom ?? event.createdAt,
    reasoningTo: event.createdAt,
  };
}

function startTool(view: RunView, call: EventOf<"ToolCallStarted">["toolCall"]): RunView {
  const started: ToolCallView = { ...call, output: null, error: null, durationMs: null };
  return { ...view, toolCalls: [...view.toolCalls.filter((known) => known.id !== call.id), started] };
}

function finishTool(view: RunView, call: EventOf<"ToolCallFinished">["toolCall"]): RunView {
  const done = {
    output: call.output,
    error: call.error ?? null,
    durationMs: call.durationMs ?? null,
    status: call.status,
  };
  return {
    ...view,
    toolCalls: view.toolCalls.map((known) => (known.id === call.id ? { ...known, ...done } : known)),
  };
}

/** Tool calls belong to the message that is being written: a run that heard another one goes on in a new message. */
const begun = (view: RunView, id: string): RunView => (view.messages[id] ? view : { ...view, toolCalls: [] });

function apply(view: RunView, event: RunEvent): RunView {
  switch (event.__typename) {
    case "RunStatusChanged":
      return { ...view, status: event.status };
    case "ModelSelected":
      return { ...view, selection: event.selection };
    case "AgentChanged":
      return { ...view, agent: event.agent.name };
    case "MessageStarted":
      return edit(begun(view, event.messageId), event.messageId, (message) => message);
    case "TextDelta":
      return edit(view, event.messageId, (message) => ({ ...message, text: message.text + event.text }));
    case "ReasoningDelta":
      return edit(view, event.messageId, (message) => think(message, event));
    case "MessageDiscarded":
      return edit(view, event.messageId, () => EMPTY);
    case "PlanUpdated":
      return { ...view, plan: event.steps };
    case "ToolCallStarted":
      return startTool(view, event.toolCall);
    case "ToolCallFinished":
      return finishTool(view, event.toolCall);
    case "RunFinished":
      return { ...view, status: event.run.status, finished: event.run };
    default:
      return view;
  }
}

/** Folds one event into the view; an event that was seen before changes nothing, an unknown kind only counts. */
export function foldRunEvent(view: RunView, event: RunEvent): RunView {
  if (event.sequence <= view.sequence) return view;
  return { ...apply(view, event), sequence: event.sequence };
}
