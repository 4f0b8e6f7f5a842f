import type { HighlighterCore } from "shiki/core";

import { loadGrammar } from "./languages";

export const THEME = "parley";
const COLOR_PREFIX = "--code-";

let core: HighlighterCore | undefined;
let starting: Promise<HighlighterCore> | undefined;
const ready = new Set<string>();
const pending = new Map<string, Promise<void>>();

async function start(): Promise<HighlighterCore> {
  const [{ createHighlighterCore, createCssVariablesTheme }, { createJavaScriptRegexEngine }] =
    await Promise.all([import("shiki/core"), import("shiki/engine/javascript")]);
  core = await createHighlighterCore({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: COLOR_PREFIX })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  return core;
}

async function add(grammar: string): Promise<void> {
  starting ??= start();
  const [highlighter, registration] = await Promise.all([starting, loadGrammar(grammar)]);
  await highlighter.loadLanguage(registration.default);
  ready.add(grammar);
}

/** Fetches the engine and a grammar once; a failed fetch is tried again with the next block. */
export function prepare(grammar: string): Promise<void> {
  let work = pending.get(grammar);
  if (!work) {
    work = add(grammar).catch(() => {
      pending.delete(grammar);
      starting = core ? starting : undefined;
    });
    pending.set(grammar, work);
  }
  return work;
}

/** The engine, once it and the grammar are here. */
export const engineFor = (grammar: string): HighlighterCore | undefined =>
  ready.has(grammar) ? core : undefined;

/** `var(--code-token-keyword)` → `keyword`; plain foreground has no kind. */
export function kindOf(color: string | undefined): string {
  const name = color?.slice(`var(${COLOR_PREFIX}`.length, -1) ?? "";
  return name.startsWith("token-") ? name.slice("token-".length) : "";
}
