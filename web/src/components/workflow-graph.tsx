import type { StepStatus } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { type Edge, type FlowStep, layoutOf, type Node } from "@/lib/workflows/layout";
import { t } from "@/messages/pieces";

const WIDTH = 184;
const HEIGHT = 48;
const GAP = { x: 28, y: 40 };
const MARGIN = 4;
const LONGEST = 24;

const BOXES: Record<StepStatus, string> = {
  PENDING: "fill-card stroke-border",
  IN_PROGRESS: "fill-primary/10 stroke-primary motion-safe:animate-pulse",
  COMPLETED: "fill-primary/10 stroke-primary/60",
  FAILED: "fill-destructive/10 stroke-destructive",
  CANCELLED: "fill-muted stroke-border",
};
const WRONG = "fill-destructive/10 stroke-destructive";

const left = ({ x }: Node) => MARGIN + x * (WIDTH + GAP.x);
const top = ({ y }: Node) => MARGIN + y * (HEIGHT + GAP.y);
const short = (words: string) => (words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words);

function Line({ edge: { from, to, label, inside } }: { edge: Edge }) {
  const start = [left(from) + WIDTH / 2, top(from) + HEIGHT] as const;
  const end = [left(to) + WIDTH / 2, top(to)] as const;
  const bend = GAP.y / 2;
  return (
    <>
      <path
        d={`M${start[0]} ${start[1]} C${start[0]} ${start[1] + bend} ${end[0]} ${end[1] - bend} ${end[0]} ${end[1] - 2}`}
        markerEnd="url(#workflow-arrow)"
        className="fill-none stroke-muted-foreground"
        strokeDasharray={inside ? "4 4" : undefined}
      />
      {label ? (
        <text
          x={(start[0] + end[0]) / 2 + 6}
          y={(start[1] + end[1]) / 2 + 4}
          className="fill-muted-foreground text-[11px]"
        >
          {label}
        </text>
      ) : null}
    </>
  );
}

function Box({ node, box, note }: { node: Node; box: string; note: string | null }) {
  return (
    <g>
      <rect
        x={left(node)}
        y={top(node)}
        width={WIDTH}
        height={HEIGHT}
        rx={10}
        className={cn("stroke-[1.5]", box)}
      />
      <text x={left(node) + 12} y={top(node) + 20} className="fill-foreground text-[13px] font-medium">
        {short(node.step.title)}
      </text>
      <text x={left(node) + 12} y={top(node) + 37} className="fill-muted-foreground text-[11px]">
        {[node.step.kind, note].filter(Boolean).join(" · ")}
      </text>
    </g>
  );
}

/** What the picture says, for those who do not see it. */
function Told({ steps, states }: { steps: readonly FlowStep[]; states: States }) {
  const titles = new Map(steps.map(({ name, title }) => [name, title]));
  const told = ({ name, title, kind, ways }: FlowStep) => {
    const status = states?.get(name);
    const state = status ? `, ${t(`graph.states.${status}`)}` : "";
    const goes = ways.map(({ to, label }) => {
      const step = titles.get(to) ?? to;
      return label ? `${label}: ${step}` : t("graph.next", { step });
    });
    return `${title} (${kind}${state})${goes.length > 0 ? `; ${goes.join(", ")}` : ""}`;
  };
  return (
    <ol className="sr-only">
      {steps.map((step) => (
        <li key={step.name}>{told(step)}</li>
      ))}
    </ol>
  );
}

type States = ReadonlyMap<string, StepStatus> | null;
type Props = {
  steps: readonly FlowStep[];
  label: string;
  /** How far each step of a run is; null for a definition. */
  states?: States;
  /** Names of steps in which something is wrong. */
  wrong?: ReadonlySet<string>;
};

/** The steps of a workflow as a graph, from top to bottom. */
export function WorkflowGraph({ steps, label, states = null, wrong }: Props) {
  const { nodes, edges, columns, rows } = layoutOf(steps);
  if (rows === 0) return null;
  const width = columns * WIDTH + (columns - 1) * GAP.x + 2 * MARGIN;
  const height = rows * HEIGHT + (rows - 1) * GAP.y + 2 * MARGIN;
  const boxOf = ({ step: { name } }: Node) => {
    if (wrong?.has(name)) return WRONG;
    return BOXES[states?.get(name) ?? "PENDING"];
  };
  const noteOf = ({ step: { name } }: Node) => {
    const status = states?.get(name);
    return status ? t(`graph.states.${status}`) : null;
  };
  return (
    <figure aria-label={label} className="min-w-0">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto rounded-lg"
      >
        <svg aria-hidden width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="mx-auto">
          <defs>
            <marker
              id="workflow-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0 L8 4 L0 8 z" className="fill-muted-foreground" />
            </marker>
          </defs>
          {edges.map((edge) => (
            <Line key={`${edge.from.step.name} ${edge.to.step.name} ${edge.label}`} edge={edge} />
          ))}
          {nodes.map((node) => (
            <Box key={node.step.name} node={node} box={boxOf(node)} note={noteOf(node)} />
          ))}
        </svg>
      </section>
      <Told steps={steps} states={states} />
    </figure>
  );
}
