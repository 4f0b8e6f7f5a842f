"use client";

import { useEffect, useState } from "react";

import { engineFor, prepare } from "./engine";
import { grammarOf } from "./languages";
import { type Line, LineHighlighter } from "./lines";

const FRAME_BUDGET_MS = 6;
const MAX_CODE = 200_000;
const KEPT = 60;
const NONE: Line[] = [];

/** Blocks that were coloured to the end, so that scrolling back to one costs nothing. Oldest first. */
const kept = new Map<string, Line[]>();

function keep(key: string, lines: Line[]) {
  kept.delete(key);
  kept.set(key, lines);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}

/** The coloured lines of `code` so far: none until the grammar is here, never the line still being written. */
export function useHighlightedLines(code: string, info: string | undefined, closed: boolean): Line[] {
  const grammar = code.length <= MAX_CODE ? grammarOf(info) : undefined;
  const [highlighter] = useState(() => (grammar ? new LineHighlighter(grammar) : undefined));
  const [, wake] = useState(0);

  const finished = closed ? `${code}\n` : code.slice(0, code.lastIndexOf("\n") + 1);
  const key = `${grammar}\n${finished}`;
  const known = closed ? kept.get(key) : undefined;
  const { lines, complete } =
    known || !highlighter
      ? { lines: known ?? NONE, complete: true }
      : highlighter.advance(finished, FRAME_BUDGET_MS);

  useEffect(() => {
    if (closed && complete && grammar && engineFor(grammar)) keep(key, lines);
  }, [closed, complete, grammar, key, lines]);

  useEffect(() => {
    if (complete || !grammar) return;
    let live = true;
    const again = () => live && wake((count) => count + 1);
    if (!engineFor(grammar)) void prepare(grammar).then(() => live && engineFor(grammar) && again());
    else requestAnimationFrame(again);
    return () => {
      live = false;
    };
  });
  return lines;
}
