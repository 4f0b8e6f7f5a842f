import type { Same } from "../catalogue";
import type { branches as english } from "../en/branches";

export const branches: Same<typeof english> = {};
