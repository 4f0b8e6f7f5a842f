import type { TokenizerExtensionFunction, Tokens } from "marked";

/** TeX in a text; `display` is a formula of its own, otherwise it is part of a line. */
export type MathToken = Tokens.Generic & { type: "math"; tex: string; display: boolean };

// A dollar is money unless the formula touches both of its dollars and no digit follows: “$5 and $10” has none.
const DOLLARS = /^\$(?![\s$])((?:\\[\s\S]|[^\\$\n])*?)(?<![\s\\])\$(?!\d)/;
const DOUBLE = /^\$\$(?!\$)((?:\\[\s\S]|[^\\$]|\$(?!\$))+?)\$\$/;
const PARENTHESES = /^\\\(((?:(?!\\\)|\n\s*\n)[\s\S])+?)\\\)/;
const BRACKETS = /^\\\[((?:(?!\\\]|\n\s*\n)[\s\S])+?)\\\]/;
// A formula between lines of their own. An empty line would end the paragraph in TeX as well.
const BLOCK =
  /^ {0,3}(?:\$\$((?:(?!\$\$|\n[ \t]*\n)[\s\S])+)\$\$|\\\[((?:(?!\\\]|\n[ \t]*\n)[\s\S])+)\\\])[ \t]*(?:\n+|$)/;

const token = (raw: string, tex: string, display: boolean): MathToken => ({
  type: "math",
  raw,
  tex: tex.trim(),
  display,
});

const inline: TokenizerExtensionFunction = (source) => {
  const display = DOUBLE.exec(source) ?? BRACKETS.exec(source);
  if (display?.[1]) return token(display[0], display[1], true);
  const text = DOLLARS.exec(source) ?? PARENTHESES.exec(source);
  return text?.[1] ? token(text[0], text[1], false) : undefined;
};

const block: TokenizerExtensionFunction = (source) => {
  const found = BLOCK.exec(source);
  const tex = found?.[1] ?? found?.[2];
  return found && tex?.trim() ? token(found[0], tex, true) : undefined;
};

const firstOf = (pattern: RegExp) => (source: string) => {
  const at = source.search(pattern);
  return at < 0 ? undefined : at;
};

/** What the lexer of Markdown has to know of formulas. */
export const MATH = {
  renderers: {},
  childTokens: {},
  inline: [inline],
  startInline: [firstOf(/\$|\\[([]/)],
  block: [block],
  startBlock: [firstOf(/(?<=\n) {0,3}(?:\$\$|\\\[)/)],
};
