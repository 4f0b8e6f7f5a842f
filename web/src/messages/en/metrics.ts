/** The dashboard. */
export const metrics = {} as const;
