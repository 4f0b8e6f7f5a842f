import type { GrammarState } from "shiki/core";

import { engineFor, kindOf, THEME } from "./engine";

export type Piece = { text: string; kind: string };
export type Line = Piece[];

const MAX_LINE = 2_000;

/** Colours a growing code block line by line, handing the grammar's state from each finished line to the next. */
export class LineHighlighter {
  private done: Line[] = [];
  private text = "";
  private state: GrammarState | undefined;

  constructor(private readonly grammar: string) {}

  /**
   * Colours further whole lines of `finished` (each ends in a newline) until the time is up.
   * A text that does not continue the last one starts over.
   */
  advance(finished: string, budgetMs: number): { lines: Line[]; complete: boolean } {
    if (!finished.startsWith(this.text)) this.restart();
    const engine = engineFor(this.grammar);
    if (!engine) return { lines: this.done, complete: finished.length === 0 };

    const until = performance.now() + budgetMs;
    const fresh: Line[] = [];
    while (this.text.length < finished.length && performance.now() < until) {
      const end = finished.indexOf("\n", this.text.length);
      if (end < 0) break;
      fresh.push(this.line(engine, finished.slice(this.text.length, end)));
      this.text = finished.slice(0, end + 1);
    }
    if (fresh.length > 0) this.done = [...this.done, ...fresh];
    return { lines: this.done, complete: this.text.length >= finished.length };
  }

  private line(engine: NonNullable<ReturnType<typeof engineFor>>, line: string): Line {
    if (line.length > MAX_LINE) return [{ text: line, kind: "" }];
    const tokens = engine.codeToTokensBase(line, {
      lang: this.grammar,
      theme: THEME,
      grammarState: this.state,
    });
    this.state = engine.getLastGrammarState(tokens);
    const pieces: Line = [];
    for (const token of tokens[0] ?? []) {
      const kind = kindOf(token.color);
      const last = pieces.at(-1);
      if (last?.kind === kind) last.text += token.content;
      else pieces.push({ text: token.content, kind });
    }
    return pieces;
  }

  private restart() {
    this.done = [];
    this.text = "";
    this.state = undefined;
  }
}
