import { words } from "@/lib/language";

import { settings } from "./en/settings";

export const t = words("settings", settings);
