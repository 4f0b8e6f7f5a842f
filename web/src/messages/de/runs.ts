import type { Same } from "../catalogue";
import type { runs as english } from "../en/runs";

export const runs: Same<typeof english> = {};
