const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Is `source` inside an inline mark that has not closed yet? Only meant for the last block of a growing text. */
function openMark(source: string): string {
  const text = source.replace(/\\./g, "");
  const codeTicks = text.match(/(?<!`)`(?!`)/g)?.length ?? 0;
  if (codeTicks % 2 === 1) return /`\s*$/.test(text) ? "" : "`";
  const plain = text.replace(/`[^`]*`/g, "");
  for (const mark of ["**", "~~"]) {
    const last = plain.lastIndexOf(mark);
    const count = plain.split(mark).length - 1;
    if (count % 2 === 1 && /^\S/.test(plain.slice(last + 2))) return mark;
  }
  return "";
}

/**
 * What a half-written last block should look like while it is being written: open bold, code and strike marks are
 * closed, and a link whose address is still arriving shows its text only. The finished text is never mended.
 */
export function mendTail(source: string): string {
  if (FENCE.test(source)) return source;
  const [line = ""] = source.slice(source.lastIndexOf("\n") + 1).split("\n", 1);
  const head = source.slice(0, source.length - line.length);
  const shown = line.replace(/!?\[([^\]]*)\]\([^)]*$/, "$1").replace(/(^|\s)(\*\*?|~~?)$/, "$1");
  return head + shown + openMark(shown);
}
