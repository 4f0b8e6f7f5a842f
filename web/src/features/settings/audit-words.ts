import type { AuditKind, AuditLogQuery } from "@/gql/later/graphql";

import { browserOf } from "./browsers";

export type AuditEvent = AuditLogQuery["auditLog"]["edges"][number]["node"];

/** What happened, in the order in which one chooses from it. */
export const AUDIT_WORDS: Record<AuditKind, string> = {
  SIGNED_IN: "Signed in",
  SIGN_IN_FAILED: "Failed to sign in",
  CODE_MISSING: "Gave the password, but no code",
  SIGNED_OUT: "Signed out",
  SESSION_REVOKED: "Signed a browser out",
  SIGNED_UP: "Made an account",
  PASSWORD_CHANGED: "Changed the password",
  PASSWORD_RESET_REQUESTED: "Asked for a new password",
  PASSWORD_RESET: "Set a new password by a link",
  SECOND_FACTOR_ON: "Set up a second factor",
  SECOND_FACTOR_OFF: "Removed a second factor",
  RECOVERY_CODE_USED: "Used a recovery code",
  IDENTITY_LINKED: "Linked the account with a provider",
  API_KEY_CREATED: "Made an API key",
  API_KEY_REVOKED: "Revoked an API key",
  USER_INVITED: "Invited somebody",
  INVITATION_REVOKED: "Revoked an invitation",
  INVITATION_ACCEPTED: "Accepted an invitation",
  ROLE_CHANGED: "Changed a role",
  USER_DISABLED: "Disabled an account",
  USER_ENABLED: "Enabled an account",
  ACCOUNT_DELETED: "Deleted an account",
  ACCOUNT_EXPORTED: "Downloaded all data",
};

/** Who did it, and to whose account where that is somebody else's. */
export function whoOf({ actor, subject }: Pick<AuditEvent, "actor" | "subject">): string {
  if (actor && subject && subject !== actor) return `${actor}, about ${subject}`;
  // Whoever signs in is nobody before, and the account that it is about is theirs.
  return actor ?? subject ?? "somebody unknown";
}

/** From where it came, and what else is known of it. */
export function whereOf({ ipAddress, userAgent, details }: AuditEvent): string {
  const facts = details.map(({ name, value }) => `${name}: ${value}`);
  return [ipAddress, userAgent ? browserOf(userAgent) : null, ...facts].filter(Boolean).join(" · ");
}
