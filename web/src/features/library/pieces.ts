/** One request's part of an archive: a JSON list, and the place in the archive of its first chat. */
export type Piece = { content: string; from: number };
/** An archive in pieces that the server takes, and the places of its chats that are too large for any. */
export type Archive = { pieces: Piece[]; oversized: number[] };
/** How many bytes a piece and a chat may have as a string inside of a JSON request. */
type Limits = { piece: number; chat: number };

/** Bytes of one piece, as it stands in a request: as a string, with its quotes escaped. */
const LARGEST = 1_500_000;
/** Bytes of one chat: a request may have 4,194,304, and there is more in it than the chat. */
const LARGEST_CHAT = 4_000_000;
/** Chats of one piece. */
const MOST = 200;

export const LARGEST_FILE = 300_000_000;

const encoder = new TextEncoder();
/** How long it is as a string inside of a JSON request. */
const sizeOf = (text: string) => encoder.encode(JSON.stringify(text)).length;

/** The chats of an archive, divided; null when the text is not JSON. */
export function archiveOf(
  text: string,
  limits: Limits = { piece: LARGEST, chat: LARGEST_CHAT },
): Archive | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const chats = (Array.isArray(data) ? data : [data]).map((chat) => JSON.stringify(chat));
  const pieces: Piece[] = [];
  const oversized: number[] = [];
  let taken: string[] = [];
  let size = 0;
  const close = (end: number) => {
    if (taken.length > 0) pieces.push({ content: `[${taken.join(",")}]`, from: end - taken.length });
    taken = [];
    size = 0;
  };
  chats.forEach((chat, index) => {
    const more = sizeOf(chat);
    const fits = more <= limits.chat;
    if (!fits || size + more > limits.piece || taken.length === MOST) close(index);
    if (fits) {
      taken.push(chat);
      size += more;
    } else oversized.push(index);
  });
  close(chats.length);
  return { pieces, oversized };
}
