import { words } from "@/lib/language";

import { palette } from "./en/palette";

export const t = words("palette", palette);
