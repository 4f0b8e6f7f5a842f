import type { ChatRowFragment } from "@/gql/graphql";

export type ChatGroup = { name: string; chats: ChatRowFragment[] };

const DAY = 86_400_000;

function groupOf(chat: ChatRowFragment, today: number): string {
  if (chat.pinned) return "Pinned";
  const changed = Date.parse(chat.updatedAt);
  if (changed >= today) return "Today";
  if (changed >= today - DAY) return "Yesterday";
  return changed >= today - 7 * DAY ? "Previous 7 days" : "Older";
}

/** Chats by age in the reader's own time zone; pinned ones first, empty groups left out. */
export function groupChats(chats: readonly ChatRowFragment[], now = new Date()): ChatGroup[] {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups = ["Pinned", "Today", "Yesterday", "Previous 7 days", "Older"].map((name) => ({
    name,
    chats: [] as ChatRowFragment[],
  }));
  for (const chat of chats) groups.find(({ name }) => name === groupOf(chat, today))?.chats.push(chat);
  return groups.filter((group) => group.chats.length > 0);
}
