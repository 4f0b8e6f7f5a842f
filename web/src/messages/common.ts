import { words } from "@/lib/language";

import { common } from "./en/common";

export const t = words("common", common);
