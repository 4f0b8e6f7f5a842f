import { words } from "@/lib/language";

import { thinking } from "./en/thinking";

export const t = words("thinking", thinking);
