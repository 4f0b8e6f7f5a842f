import type { Same } from "../catalogue";
import type { common as english } from "../en/common";

export const common: Same<typeof english> = {};
