import type { Same } from "../catalogue";
import type { accounts as english } from "../en/accounts";

export const accounts: Same<typeof english> = {};
