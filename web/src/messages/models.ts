import { words } from "@/lib/language";

import { models } from "./en/models";

export const t = words("models", models);
