/** Questions of tools and agents, in the chat and the inbox. */
export const approvals = {} as const;
