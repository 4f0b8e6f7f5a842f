import { t } from "@/messages/settings";

/** What an API key can be allowed. */
export const SCOPES = ["read", "write", "account"] as const;

/** The word for a scope; one that the client does not know keeps its own name. */
export function scopeName(name: string): string {
  const scope = SCOPES.find((each) => each === name);
  return scope ? t(`scopes.${scope}.word`) : name;
}
