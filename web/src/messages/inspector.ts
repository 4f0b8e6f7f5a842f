import { words } from "@/lib/language";

import { inspector } from "./en/inspector";

export const t = words("inspector", inspector);
