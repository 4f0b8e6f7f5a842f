import { words } from "@/lib/language";

import { context } from "./en/context";

export const t = words("context", context);
