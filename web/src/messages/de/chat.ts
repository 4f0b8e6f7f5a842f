import type { Same } from "../catalogue";
import type { chat as english } from "../en/chat";

export const chat: Same<typeof english> = {};
