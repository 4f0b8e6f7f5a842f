import { words } from "@/lib/language";

import { library } from "./en/library";

export const t = words("library", library);
