import { words } from "@/lib/language";

import { providers } from "./en/providers";

export const t = words("providers", providers);
