/** Whatever would make the browser ask another host. */
const ELSEWHERE = /\/\/|url\s*\(|\bimg\s*:|@import/i;
/** Marks that are part of the language: line breaks, and stereotypes such as `<<interface>>`. */
const MARKS = /<br\s*\/?>|<<\w+>>/gi;
/** HTML, written out or as the entities of HTML or of Mermaid. */
const HTML = /<[a-z/!?]|[&#](?:lt|gt|#?x?0*(?:60|3c|62|3e))\b/i;

/**
 * Whether a diagram is drawn. Mermaid reads labels as HTML before it cleans them, so one that has any, or that asks
 * for something from elsewhere, is shown as its code instead.
 */
export const isDrawable = (code: string): boolean =>
  !ELSEWHERE.test(code) && !HTML.test(code.replace(MARKS, " "));
