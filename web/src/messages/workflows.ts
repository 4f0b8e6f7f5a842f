import { words } from "@/lib/language";

import { workflows } from "./en/workflows";

export const t = words("workflows", workflows);
