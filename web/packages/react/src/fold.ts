import type { RunEventsSubscription, RunStatus } from "./gql/graphql";

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
  /** The call of an agent that this one is a part of. */
  parentId: string | null;
  name: string;
  arguments: unknown;
  status: string;
  output: unknown;
  outputTruncated: boolean;
  error: string | null;
  durationMs: number | null;
  /** How far a call is that is at work, as its tool says it; null when it does not. */
  progress: string | null;
};
export type Selection = EventOf<"ModelSelected">["selection"];
export type PlanView = Pick<EventOf<"PlanUpdated">, "steps" | "note">;
export type FinishedRun = EventOf<"RunFinished">["run"];

/** What a watcher knows of a run after the event `sequence`. */
export type RunView = {
  sequence: number;
  status: RunStatus;
  messages: Readonly<Record<string, StreamedMessage>>;
  selection: Selection | null;
  /** Names of the agents that have been at work, in order. */
  agents: readonly string[];
  plan: PlanView | null;
  toolCalls: readonly ToolCallView[];
  /** How often it has asked a person, before a call or in the middle of one. */
  asked: number;
  finished: FinishedRun | null;
};

export const NOTHING_YET: RunView = {
  sequence: 0,
  status: "QUEUED",
  messages: {},
  selection: null,
  agents: [],
  plan: null,
  toolCalls: [],
  asked: 0,
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
  const nothing = { output: null, outputTruncated: false, error: null, durationMs: null, progress: null };
  const started: ToolCallView = { ...call, parentId: call.parentId ?? null, ...nothing };
  return { ...view, toolCalls: [...view.toolCalls.filter((known) => known.id !== call.id), started] };
}

function progressTool(
  view: RunView,
  { callId, progress, total, text }: EventOf<"ToolCallProgressed">,
): RunView {
  const share = total ? `${Math.round((100 * progress) / total)} %` : "";
  const said = [share, text].filter(Boolean).join(" · ") || null;
  const toolCalls = view.toolCalls.map((known) =>
    known.id === callId ? { ...known, progress: said } : known,
  );
  return { ...view, toolCalls };
}

/** A call that was declined ends without having begun. */
function finishTool(view: RunView, call: EventOf<"ToolCallFinished">["toolCall"]): RunView {
  const done: ToolCallView = {
    id: call.id,
    parentId: call.parentId ?? null,
    name: call.name,
    arguments: call.arguments,
    status: call.status,
    output: call.output,
    outputTruncated: call.outputTruncated,
    error: call.error ?? null,
    durationMs: call.durationMs ?? null,
    progress: null,
  };
  const known = view.toolCalls.some(({ id }) => id === call.id);
  const toolCalls = known
    ? view.toolCalls.map((other) => (other.id === call.id ? done : other))
    : [...view.toolCalls, done];
  return { ...view, toolCalls };
}

/** Tool calls belong to the message that is being written: a run that heard another one goes on in a new message. */
const begun = (view: RunView, id: string): RunView => (view.messages[id] ? view : { ...view, toolCalls: [] });

/** An agent that goes on after a crash has not taken over from itself. */
const tookOver = (agents: RunView["agents"], name: string) =>
  agents.at(-1) === name ? agents : [...agents, name];

function apply(view: RunView, event: RunEvent): RunView {
  switch (event.__typename) {
    case "RunStatusChanged":
      return { ...view, status: event.status };
    case "ModelSelected":
      return { ...view, selection: event.selection };
    case "AgentChanged":
      return { ...view, agents: tookOver(view.agents, event.agent.name) };
    case "MessageStarted":
      return edit(begun(view, event.messageId), event.messageId, (message) => message);
    case "TextDelta":
      return edit(view, event.messageId, (message) => ({ ...message, text: message.text + event.text }));
    case "ReasoningDelta":
      return edit(view, event.messageId, (message) => think(message, event));
    case "MessageDiscarded":
      return edit(view, event.messageId, () => EMPTY);
    case "PlanUpdated":
      return { ...view, plan: { steps: event.steps, note: event.note } };
    case "ToolCallStarted":
      return startTool(view, event.toolCall);
    case "ToolCallProgressed":
      return progressTool(view, event);
    case "ToolCallFinished":
      return finishTool(view, event.toolCall);
    case "ApprovalRequested":
      return { ...view, asked: view.asked + 1 };
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
