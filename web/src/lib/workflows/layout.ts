import type { pieces } from "@/messages/en/pieces";
import { t } from "@/messages/pieces";

/** A step of a workflow as far as a picture of it needs to know. */
export type FlowStep = { name: string; title: string; kind: string; ways: readonly Way[] };
/** A way from one step to another; `label` says when it is taken, and what is `inside` a loop is drawn dashed. */
export type Way = { to: string; label: string | null; inside: boolean };

export type Node = { step: FlowStep; x: number; y: number };
export type Edge = { from: Node; to: Node; label: string | null; inside: boolean };
export type Layout = { nodes: readonly Node[]; edges: readonly Edge[]; columns: number; rows: number };

type Label = keyof (typeof pieces)["graph"]["ways"];

const WAYS: readonly (readonly [string, Label | null, boolean])[] = [
  ["body", "repeats", true],
  ["next", null, false],
  ["then", "yes", false],
  ["otherwise", "no", false],
];

type Raw = Record<string, unknown>;
const isObject = (value: unknown): value is Raw =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

/** The steps of a definition, be it right or not: what cannot be read is left out. */
export function stepsOf(definition: unknown): FlowStep[] {
  const steps = isObject(definition) && Array.isArray(definition.steps) ? definition.steps : [];
  const known = new Set<string>();
  return steps.filter(isObject).flatMap((step) => {
    const name = text(step.name);
    if (!name || known.has(name)) return [];
    known.add(name);
    const ways = WAYS.flatMap(([field, label, inside]) => {
      const to = text(step[field]);
      return to ? [{ to, label: label && t(`graph.ways.${label}`), inside }] : [];
    });
    return [{ name, title: text(step.title) ?? name, kind: text(step.kind) ?? t("graph.step"), ways }];
  });
}

/** How far each step is from the first: as far as the longest way to it. Ways that lead in circles count once. */
function depthsOf(steps: ReadonlyMap<string, FlowStep>): Map<string, number> {
  const depths = new Map<string, number>();
  const visit = (name: string, depth: number, above: ReadonlySet<string>) => {
    const step = steps.get(name);
    if (!step || above.has(name) || (depths.get(name) ?? -1) >= depth) return;
    depths.set(name, depth);
    for (const { to } of step.ways) visit(to, depth + 1, new Set([...above, name]));
  };
  for (const name of steps.keys()) if (!depths.has(name)) visit(name, 0, new Set());
  return depths;
}

/** Where each step stands: rows by how far it is from the first, and in a row side by side. */
export function layoutOf(steps: readonly FlowStep[]): Layout {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const depths = depthsOf(byName);
  const rows = new Map<number, FlowStep[]>();
  for (const step of steps) {
    const depth = depths.get(step.name) ?? 0;
    rows.set(depth, [...(rows.get(depth) ?? []), step]);
  }
  const columns = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const nodes = [...rows].flatMap(([y, row]) =>
    row.map((step, place) => ({ step, x: (columns - row.length) / 2 + place, y })),
  );
  const placed = new Map(nodes.map((node) => [node.step.name, node]));
  const edges = nodes.flatMap((from) =>
    from.step.ways.flatMap(({ to, label, inside }) => {
      const target = placed.get(to);
      return target ? [{ from, to: target, label, inside }] : [];
    }),
  );
  return { nodes, edges, columns, rows: Math.max(0, ...nodes.map(({ y }) => y + 1)) };
}
