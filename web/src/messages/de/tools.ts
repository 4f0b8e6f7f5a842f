import type { Same } from "../catalogue";
import type { tools as english } from "../en/tools";

export const tools: Same<typeof english> = {};
