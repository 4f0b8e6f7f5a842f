import { words } from "@/lib/language";

import { playground } from "./en/playground";

export const t = words("playground", playground);
