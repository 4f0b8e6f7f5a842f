/** The GraphQL playground. */
export const playground = {} as const;
