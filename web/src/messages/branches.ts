import { words } from "@/lib/language";

import { branches } from "./en/branches";

export const t = words("branches", branches);
