import { Lexer, type Links, type Token } from "marked";

import { MATH } from "./math";

/** One top-level Markdown block. `version` changes when a link definition changed what its text means. */
export type Block = { raw: string; token: Token; version: number };

type Lexed = { tokens: Token[]; links: Links };

/** Whether there is something to see of a token. */
export const isText = (token?: Token) => token?.type !== "space" && token?.type !== "def";

/** Lexes `source`; `earlier` definitions win over its own, as the first definition of a name does. */
function lex(source: string, earlier: Links): Lexed {
  const lexer = new Lexer({ gfm: true, extensions: MATH });
  lexer.blockTokens(source, lexer.tokens);
  const links = Object.assign(lexer.tokens.links, earlier);
  for (const { src, tokens } of lexer.inlineQueue) {
    lexer.state.inRawBlock = false;
    lexer.inlineTokens(src, tokens);
  }
  return { tokens: [...lexer.tokens], links };
}

/** The link definitions inside `tokens`, at any depth. */
function definitions(tokens: Token[], found: Links = {}): Links {
  for (const token of tokens) {
    if (token.type === "def") found[token.tag] ??= { href: token.href, title: token.title };
    else if (token.type === "list") definitions(token.items, found);
    else if (token.type === "list_item" || token.type === "blockquote")
      definitions(token.tokens ?? [], found);
  }
  return found;
}

/**
 * Lexes a growing text block by block: finished blocks are kept, only the tail is lexed again.
 *
 * A block is finished once two further blocks stand behind it. One is not enough: in `1. a\n\n2` the `2` is still a
 * paragraph, and `. b` makes it the second item of the list before it.
 */
export class MarkdownParser {
  private source = "";
  private blocks: Block[] = [];
  private frozen: Block[] = [];
  private frozenLength = 0;
  private frozenLinks: Links = {};
  private linksKey = "{}";
  private version = 0;

  /** The blocks of `text`. Cheap when `text` is or continues the previous text; right for any text. */
  parse(text: string): Block[] {
    const source = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    if (source === this.source) return this.blocks;
    if (!source.startsWith(this.source)) this.thaw();
    this.source = source;

    let tail = lex(source.slice(this.frozenLength), this.frozenLinks);
    const linksKey = JSON.stringify(tail.links);
    if (linksKey !== this.linksKey) {
      this.version += 1;
      this.linksKey = linksKey;
      if (this.frozenLength > 0) {
        this.thaw();
        tail = lex(source, {});
      }
    }
    this.blocks = this.freeze(tail.tokens);
    return this.blocks;
  }

  /** Lexes one block's changed text with the definitions of the whole text. */
  relex(raw: string): Token[] {
    return lex(raw, JSON.parse(this.linksKey) as Links).tokens;
  }

  private thaw() {
    this.frozen = [];
    this.frozenLength = 0;
    this.frozenLinks = {};
  }

  private freeze(tokens: Token[]): Block[] {
    const blocks = tokens.map((token) => ({ raw: token.raw, token, version: this.version }));
    const finished = blocks.slice(0, this.finishedCount(blocks));
    if (finished.length === 0) return [...this.frozen, ...blocks];
    this.frozen = [...this.frozen, ...finished];
    this.frozenLength += finished.reduce((length, block) => length + block.raw.length, 0);
    this.frozenLinks = { ...definitions(finished.map((block) => block.token)), ...this.frozenLinks };
    return [...this.frozen, ...blocks.slice(finished.length)];
  }

  private finishedCount(blocks: Block[]): number {
    const texts = [...blocks.keys()].filter((index) => isText(blocks[index]?.token));
    const settled = blocks.slice(0, texts.at(-2) ?? 0);
    // The lexer swallows a repeated definition without a token; offsets behind it would be wrong.
    let offset = this.frozenLength;
    for (const [index, { raw }] of settled.entries()) {
      if (!this.source.startsWith(raw, offset)) return index;
      offset += raw.length;
    }
    return settled.length;
  }
}
