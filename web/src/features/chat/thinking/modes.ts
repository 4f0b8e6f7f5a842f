import { ListChecks, type LucideIcon, Telescope, Zap } from "lucide-react";

import type { ThinkingMode } from "@/gql/graphql";

export type Mode = { mode: ThinkingMode; name: string; does: string; icon: LucideIcon };

/** The ways in which an answer can be made, the quickest first. */
export const MODES: readonly Mode[] = [
  { mode: "IMMEDIATE", name: "Direct", does: "Answers right away", icon: Zap },
  { mode: "STRATEGIC", name: "Plan", does: "Plans, does each step and checks it", icon: ListChecks },
  { mode: "FUTURE", name: "Look ahead", does: "Compares approaches, takes the best one", icon: Telescope },
];
