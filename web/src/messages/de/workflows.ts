import type { Same } from "../catalogue";
import type { workflows as english } from "../en/workflows";

export const workflows: Same<typeof english> = {};
