import type { ThreadMessage } from "./thread";

/** Messages that contain `query`, in any case, the oldest first. */
export function found(messages: readonly ThreadMessage[], query: string): string[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  return messages.filter(({ content }) => content.toLowerCase().includes(wanted)).map(({ id }) => id);
}

/** The ranges of `query` in the text below `root`; a match across elements is not one. */
export function rangesOf(root: Node, query: string): Range[] {
  const wanted = query.trim().toLowerCase();
  const ranges: Range[] = [];
  if (!wanted) return ranges;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.toLowerCase() ?? "";
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      // Lower case can be longer, as that of “İ” is.
      if (at + wanted.length > (node.textContent?.length ?? 0)) break;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}
