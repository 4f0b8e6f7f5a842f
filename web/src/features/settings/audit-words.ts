import type { AuditKind, AuditLogQuery } from "@/gql/later/graphql";
import { t } from "@/messages/administration";
import { administration } from "@/messages/en/administration";

import { browserOf } from "./browsers";

export type AuditEvent = AuditLogQuery["auditLog"]["edges"][number]["node"];

/** Everything that can happen, in the order in which one chooses from it. */
export const KINDS = Object.keys(administration.audit.kinds) as AuditKind[];

export const kindName = (kind: AuditKind): string => t(`audit.kinds.${kind}`);

/** Who did it, and to whose account where that is somebody else's. */
export function whoOf({ actor, subject }: Pick<AuditEvent, "actor" | "subject">): string {
  if (actor && subject && subject !== actor) return t("audit.by", { actor, subject });
  // Whoever signs in is nobody before, and the account that it is about is theirs.
  return actor ?? subject ?? t("audit.unknown");
}

/** From where it came, and what else is known of it. */
export function whereOf({ ipAddress, userAgent, details }: AuditEvent): string {
  const facts = details.map(({ name, value }) => `${name}: ${value}`);
  return [ipAddress, userAgent ? browserOf(userAgent) : null, ...facts].filter(Boolean).join(" · ");
}
