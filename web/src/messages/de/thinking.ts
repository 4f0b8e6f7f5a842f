import type { Same } from "../catalogue";
import type { thinking as english } from "../en/thinking";

export const thinking: Same<typeof english> = {};
