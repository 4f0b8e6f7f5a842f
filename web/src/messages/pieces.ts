import { words } from "@/lib/language";

import { pieces } from "./en/pieces";

export const t = words("pieces", pieces);
