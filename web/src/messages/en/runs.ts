/** Runs and their steps. */
export const runs = {} as const;
