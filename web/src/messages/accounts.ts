import { words } from "@/lib/language";

import { accounts } from "./en/accounts";

export const t = words("accounts", accounts);
