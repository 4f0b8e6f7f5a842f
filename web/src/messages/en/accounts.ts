/** Signing in and up, invitations, new passwords. */
export const accounts = {} as const;
