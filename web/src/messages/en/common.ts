/** What more than one page says: the frame, its parts, dates, quantities, errors. */
export const common = {} as const;
