import { words } from "@/lib/language";

import { agents } from "./en/agents";

export const t = words("agents", agents);
