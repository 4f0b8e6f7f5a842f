import { Lexer, type Token } from "marked";
import { describe, expect, test } from "vitest";

import { MarkdownParser } from "./parser";

const DOCUMENT = `# Title with *marks*

A paragraph that goes on
over two lines, see [late] and [direct](https://example.org "t").

Setext
======

1. one

2. two

   more of two
   - nested *a*
   - nested b

     deep

10) other list

- [x] done
- [ ] open

> quote
> > deeper
lazy line

| a | b |
|---|:-:|
| 1 | \`2|\` |

\`\`\`python
def f():

    return 1
\`\`\`

~~~
open tilde
~~~

    indented code

    more

<div>
html

</div>

Text<br>with &amp; html <b>inline</b>  
hard break

- a

  para in a

  \`\`\`js
  code()
  \`\`\`
- b

[late]: https://example.org/late "Late
title"
***

Last **line** https://auto.link.
`;

const NASTY = [
  "1. a\n\n2. b\n\n3. c",
  "x\n-\n- y",
  "a | b\n-|-\n1|2\n\n",
  "- a\n\n\n- b\n\n  c\n",
  "[a]: /x\n'title\n\nb'\n\n[a]",
  "> a\n\n> b\n- c\n\n1",
  "<!-- c\n\n-->\n\np\n\n- a\n\n<div>\n\n- b",
  "* * *\n- - -\n\n+ x\n\n* y",
  "a\r\n\r\nb\r\n- c\r\n\r\n- d",
  "```\n\n- a\n\n1.",
  "text\n\n    code\n\n\n    code\n\npara\n    not code",
  "- a\n  - b\n\n    c\n\n  - d\ne\n\n- f",
];

const whole = (text: string) => [...new Lexer({ gfm: true }).lex(text)];
/** Repeated definitions show nothing, and where the lexer keeps them differs. */
const shown = (tokens: Token[]) => tokens.filter((token) => token.type !== "def" && token.type !== "space");

function stream(text: string, size: number) {
  const parser = new MarkdownParser();
  for (let end = size; end < text.length; end += size) parser.parse(text.slice(0, end));
  return parser.parse(text).map((block) => block.token);
}

describe("a streamed document equals the whole one", () => {
  test.each(Array.from({ length: 40 }, (_, size) => size + 1))("in chunks of %i", (size) => {
    expect(stream(DOCUMENT, size)).toEqual(whole(DOCUMENT));
  });

  test.each(NASTY)("%j", (text) => {
    for (const size of [1, 2, 3, 5]) expect(stream(text, size)).toEqual(whole(text));
  });

  test("at every point on the way", () => {
    const parser = new MarkdownParser();
    for (let end = 1; end <= DOCUMENT.length; end += 1) {
      const text = DOCUMENT.slice(0, end);
      expect(parser.parse(text).map((block) => block.token)).toEqual(whole(text));
    }
  });

  test("for shuffled documents", () => {
    const pieces = DOCUMENT.split("\n\n");
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    for (let round = 0; round < 200; round += 1) {
      const text = Array.from({ length: 12 }, () => pieces[Math.floor(random() * pieces.length)]).join(
        random() < 0.3 ? "\n" : "\n\n",
      );
      expect(shown(stream(text, 1 + Math.floor(random() * 30)))).toEqual(shown(whole(text)));
    }
  });
});

test("finished blocks keep their identity", () => {
  const parser = new MarkdownParser();
  const [first] = parser.parse("one\n\ntwo\n\nthree\n\nfour");
  const [again] = parser.parse("one\n\ntwo\n\nthree\n\nfour and more\n\nfive");
  expect(again).toBe(first);
});

test("a text that is the last one is not parsed again", () => {
  const parser = new MarkdownParser();
  const blocks = parser.parse("one\n\ntwo");
  expect(parser.parse("one\n\ntwo")).toBe(blocks);
});

test("a text that does not continue the last one is parsed anew", () => {
  const parser = new MarkdownParser();
  parser.parse("one\n\ntwo\n\nthree\n\nfour");
  expect(parser.parse("other").map((block) => block.raw)).toEqual(["other"]);
});

test("a late definition reaches a finished block, as a new version of it", () => {
  const parser = new MarkdownParser();
  const before = parser.parse("[late]\n\ntwo\n\nthree\n\nfour")[0];
  const after = parser.parse("[late]\n\ntwo\n\nthree\n\nfour\n\n[late]: https://example.org\n")[0];
  expect(after?.version).not.toBe(before?.version);
  expect(after?.token).toMatchObject({ tokens: [{ type: "link", href: "https://example.org" }] });
});
