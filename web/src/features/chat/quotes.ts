/** Markdown that quotes `text`, with an empty line behind it for what one has to say about it. */
export function quoted(text: string): string {
  const lines = text.trim().split("\n");
  return `${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
}

/** What is selected inside of `element`, with where it begins on the screen; null when nothing is. */
export function selectionIn(element: Element | null): { text: string; top: number; left: number } | null {
  const selection = window.getSelection();
  if (!element || !selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const text = selection.toString().trim();
  if (!text || !element.contains(range.commonAncestorContainer)) return null;
  const { top, left } = range.getBoundingClientRect();
  return { text, top, left };
}
