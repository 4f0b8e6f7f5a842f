import { words } from "@/lib/language";

import { administration } from "./en/administration";

export const t = words("administration", administration);
