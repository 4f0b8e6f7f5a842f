import type { Same } from "../catalogue";
import type { approvals as english } from "../en/approvals";

export const approvals: Same<typeof english> = {};
