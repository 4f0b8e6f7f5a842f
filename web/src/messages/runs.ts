import { words } from "@/lib/language";

import { runs } from "./en/runs";

export const t = words("runs", runs);
