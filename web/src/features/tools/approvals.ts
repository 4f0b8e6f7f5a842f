import type { ServerFactsFragment, ToolApproval, ToolFactsFragment } from "@/gql/later/graphql";
import { t } from "@/messages/tools";

type Plain<Fragment> = Omit<Fragment, " $fragmentName">;
export type ToolFacts = Plain<ToolFactsFragment>;
export type ServerFacts = Plain<ServerFactsFragment>;

export const BUILTIN = "builtin";

/** What a rule can say of tools, from the freest to the strictest. */
export const RULES = ["ALWAYS_ALLOW", "ASK", "DENY"] as const satisfies ToolApproval[];

/** How it is with a tool, in a word; NEVER is what a tool is by itself. */
export const nameOf = (approval: ToolApproval): string => t(`approval.names.${approval}`);

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
