/**
 * One page is sent for a new chat and for every other one, and it shows a new one. Runs in it before the first paint: where
 * the address is that of a chat, what only a new one has is not shown.
 */
export const OPENING_SCRIPT = `if(location.pathname.startsWith("/chat/"))document.documentElement.dataset.opening=""`;
