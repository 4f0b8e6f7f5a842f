/** Agents. */
export const agents = {} as const;
