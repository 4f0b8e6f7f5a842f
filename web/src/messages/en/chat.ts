/** Chats, messages, the composer. */
export const chat = {} as const;
