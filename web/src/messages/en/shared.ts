/** Shared chats. */
export const shared = {} as const;
