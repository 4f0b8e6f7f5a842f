import { expect, test } from "vitest";

import { engineFor, prepare } from "./engine";
import { grammarOf } from "./languages";
import { LineHighlighter } from "./lines";

const CODE = 's = """open\nstill: def inside\n"""\ndef f(x):  # note\n    return 1\n';

test("fence names and aliases find their grammar; unknown ones are plain text", () => {
  expect([
    grammarOf("py"),
    grammarOf("TSX title=a"),
    grammarOf("c++"),
    grammarOf("zork"),
    grammarOf(undefined),
  ]).toEqual(["python", "tsx", "cpp", undefined, undefined]);
  expect(grammarOf("constructor")).toBeUndefined();
});

test("lines arriving one by one get the colours of the whole block", async () => {
  const early = new LineHighlighter("python");
  expect(early.advance(CODE, 1_000)).toEqual({ lines: [], complete: false });

  await prepare("python");
  expect(engineFor("python")).toBeDefined();
  const whole = new LineHighlighter("python").advance(CODE, 1_000);
  const growing = new LineHighlighter("python");
  for (let end = CODE.indexOf("\n") + 1; end > 0; end = CODE.indexOf("\n", end) + 1)
    growing.advance(CODE.slice(0, end), 1_000);

  expect(growing.advance(CODE, 1_000)).toEqual(whole);
  expect(whole.complete).toBe(true);
  expect(whole.lines[1]).toEqual([{ text: "still: def inside", kind: "string-expression" }]);
  expect(whole.lines.map((line) => line.map((piece) => piece.text).join("")).join("\n")).toBe(CODE.trimEnd());
});

test("a text that does not continue the last one starts over", async () => {
  await prepare("python");
  const highlighter = new LineHighlighter("python");
  highlighter.advance('"""open\n', 1_000);
  expect(highlighter.advance("x = 1\n", 1_000).lines).toEqual(
    new LineHighlighter("python").advance("x = 1\n", 1_000).lines,
  );
});
