/** Workflows. */
export const workflows = {} as const;
