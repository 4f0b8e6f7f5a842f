import { words } from "@/lib/language";

import { approvals } from "./en/approvals";

export const t = words("approvals", approvals);
