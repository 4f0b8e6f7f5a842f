import type { CombinedError } from "urql";

import { codeOf, fieldsOf, messageOf } from "@/lib/errors";
import { t } from "@/messages/chat";

/** What went wrong, in words for a toast; for refused input, what is wrong with it. */
export function reasonOf(error: CombinedError | undefined): string {
  if (!error) return t("thread.unanswered");
  if (codeOf(error) !== "BAD_USER_INPUT") return messageOf(error);
  const [field] = Object.values(fieldsOf(error));
  return field ?? error.graphQLErrors[0]?.message ?? messageOf(error);
}
