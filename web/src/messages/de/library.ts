import type { Same } from "../catalogue";
import type { library as english } from "../en/library";

export const library: Same<typeof english> = {};
