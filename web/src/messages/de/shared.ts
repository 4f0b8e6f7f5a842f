import type { Same } from "../catalogue";
import type { shared as english } from "../en/shared";

export const shared: Same<typeof english> = {};
