import { words } from "@/lib/language";

import { tags } from "./en/tags";

export const t = words("tags", tags);
