import type { Same } from "../catalogue";
import type { metrics as english } from "../en/metrics";

export const metrics: Same<typeof english> = {};
