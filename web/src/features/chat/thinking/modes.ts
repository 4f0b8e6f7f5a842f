import { ListChecks, type LucideIcon, Telescope, Zap } from "lucide-react";

import type { ThinkingMode } from "@/gql/graphql";
import { t } from "@/messages/thinking";

export type Mode = { mode: ThinkingMode; icon: LucideIcon; readonly name: string; readonly does: string };

const modeOf = (mode: ThinkingMode, icon: LucideIcon): Mode => ({
  mode,
  icon,
  // In the language of the moment.
  get name() {
    return t(`modes.${mode}.name`);
  },
  get does() {
    return t(`modes.${mode}.does`);
  },
});

/** The ways in which an answer can be made, the quickest first. */
export const MODES: readonly Mode[] = [
  modeOf("IMMEDIATE", Zap),
  modeOf("STRATEGIC", ListChecks),
  modeOf("FUTURE", Telescope),
];
