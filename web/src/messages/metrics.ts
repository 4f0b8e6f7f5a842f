import { words } from "@/lib/language";

import { metrics } from "./en/metrics";

export const t = words("metrics", metrics);
