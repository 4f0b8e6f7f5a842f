import type { ChatRowFragment } from "@/gql/graphql";
import { t } from "@/messages/chat";

export type ChatGroup = { name: string; chats: ChatRowFragment[] };

const GROUPS = ["pinned", "today", "yesterday", "week", "older"] as const;
const DAY = 86_400_000;

function groupOf(chat: ChatRowFragment, today: number): (typeof GROUPS)[number] {
  if (chat.pinned) return "pinned";
  const changed = Date.parse(chat.updatedAt);
  if (changed >= today) return "today";
  if (changed >= today - DAY) return "yesterday";
  return changed >= today - 7 * DAY ? "week" : "older";
}

/** Chats by age in the reader's own time zone; pinned ones first, empty groups left out. */
export function groupChats(chats: readonly ChatRowFragment[], now = new Date()): ChatGroup[] {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  return GROUPS.map((group) => ({
    name: t(`groups.${group}`),
    chats: chats.filter((chat) => groupOf(chat, today) === group),
  })).filter((group) => group.chats.length > 0);
}
