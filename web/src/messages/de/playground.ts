import type { Same } from "../catalogue";
import type { playground as english } from "../en/playground";

export const playground: Same<typeof english> = {};
