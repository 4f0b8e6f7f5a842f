import type { Same } from "../catalogue";
import type { agents as english } from "../en/agents";

export const agents: Same<typeof english> = {};
