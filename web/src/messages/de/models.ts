import type { Same } from "../catalogue";
import type { models as english } from "../en/models";

export const models: Same<typeof english> = {};
