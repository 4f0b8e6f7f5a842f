import type { Catalogue } from "../catalogue";

import { settings } from "./settings";

export const messages: Catalogue = { settings };
