import { words } from "@/lib/language";

import { chat } from "./en/chat";

export const t = words("chat", chat);
