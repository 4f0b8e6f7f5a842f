import type { Same } from "../catalogue";
import type { context as english } from "../en/context";

export const context: Same<typeof english> = {};
