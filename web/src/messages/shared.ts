import { words } from "@/lib/language";

import { shared } from "./en/shared";

export const t = words("shared", shared);
