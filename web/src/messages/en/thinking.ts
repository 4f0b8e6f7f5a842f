/** Ways of thinking: plans, approaches, panels. */
export const thinking = {} as const;
