import { words } from "@/lib/language";

import { markdown } from "./en/markdown";

export const t = words("markdown", markdown);
