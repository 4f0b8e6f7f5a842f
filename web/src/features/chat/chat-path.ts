/** `/chat/<id>` → the id; `/chat` → null. */
export function chatIdOf(pathname: string): string | null {
  const id = /^\/chat\/([^/]+)/.exec(pathname)?.[1];
  return id ? decodeURIComponent(id) : null;
}

export const pathOf = (chatId: string | null): string =>
  chatId ? `/chat/${encodeURIComponent(chatId)}` : "/chat";

/** Moves between chats without a request: one static page serves them all, and Next follows the address. */
export function openChat(chatId: string | null) {
  const path = pathOf(chatId);
  if (window.location.pathname !== path) window.history.pushState(null, "", path);
}
