/** Models, providers, downloads. */
export const models = {} as const;
