import type { Same } from "../catalogue";
import type { palette as english } from "../en/palette";

export const palette: Same<typeof english> = {};
