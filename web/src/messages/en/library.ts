/** Search, archive, import and export. */
export const library = {} as const;
