/** Branches of a chat. */
export const branches = {} as const;
