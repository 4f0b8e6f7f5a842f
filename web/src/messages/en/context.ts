/** What an answer was made from: context, memories, files. */
export const context = {} as const;
