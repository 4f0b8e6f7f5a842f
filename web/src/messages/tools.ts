import { words } from "@/lib/language";

import { tools } from "./en/tools";

export const t = words("tools", tools);
