import type { ServerFactsFragment, ToolApproval, ToolFactsFragment } from "@/gql/later/graphql";

type Plain<Fragment> = Omit<Fragment, " $fragmentName">;
export type ToolFacts = Plain<ToolFactsFragment>;
export type ServerFacts = Plain<ServerFactsFragment>;

export const BUILTIN = "builtin";

/** What a rule can say of tools, from the freest to the strictest. */
export const RULES: { approval: ToolApproval; name: string; text: string }[] = [
  { approval: "ALWAYS_ALLOW", name: "Allowed", text: "Runs without asking" },
  { approval: "ASK", name: "Asks first", text: "Waits until you have said yes" },
  { approval: "DENY", name: "Off", text: "Models do not see it" },
];

/** How it is with a tool, in a word; NEVER is what a tool is by itself. */
export const APPROVALS: Record<ToolApproval, string> = {
  NEVER: "Never asks",
  ALWAYS_ALLOW: "Allowed",
  ASK: "Asks first",
  DENY: "Off",
};

/** The pattern that covers one tool alone, as the server writes it. */
export const patternOf = ({ source, name }: Pick<ToolFacts, "source" | "name">): string =>
  `${source}/${name}`.replace(/[*?[]/g, "[$&]");

/** Whether a tool is what somebody looks for. */
export function fits(tool: ToolFacts, search: string): boolean {
  const text = `${tool.source} ${tool.name} ${tool.description}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
