import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import HOSTILE from "./hostile.json";
import { Markdown } from "./markdown";

afterEach(cleanup);

const shown = (text: string, streaming = false) =>
  render(<Markdown text={text} streaming={streaming} />).container;

const ALLOWED = new Set(
  "div p h2 h3 h4 h5 h6 ul ol li input strong em del code pre span a br hr blockquote table thead tbody tr th td figure figcaption button svg path rect circle line polyline img".split(
    " ",
  ),
);

const { origin } = window.location;

test.each(HOSTILE)("%s stays harmless", (text) => {
  for (const streaming of [false, true]) {
    const container = shown(text, streaming);
    for (const element of container.querySelectorAll("*")) {
      expect(ALLOWED).toContain(element.tagName.toLowerCase());
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^srcdoc$|^action$/);
    }
    // What is on this site is loaded at once; what is not waits for a click.
    for (const image of container.querySelectorAll("img")) expect(new URL(image.src).origin).toBe(origin);
    for (const link of container.querySelectorAll("a")) {
      expect(link.href).toMatch(/^(https?|mailto):/);
      if (link.host !== window.location.host) expect(link.rel).toContain("noopener");
      expect(link.getAttribute("href")).not.toMatch(/^[\\/]{2}|^\/\\/);
    }
    cleanup();
  }
  expect(Reflect.get(window, "pwned")).toBeUndefined();
});

test("raw HTML is shown as text", () => {
  expect(shown("a <b>bold</b>\n\n<div>block</div>").textContent).toBe("a <b>bold</b><div>block</div>");
});

test("an image of another host waits for a click", () => {
  const container = shown("![A chart](https://evil.example/leak)");
  expect(container.querySelector("img")).toBeNull();
  container.querySelector("button")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(container.querySelector("button")?.textContent).toContain("A chart");
});

test("GFM: tables, tasks, nested lists, strikes, automatic links", () => {
  const container = shown("| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |\n\n1. x\n   - [x] y\n\nhttps://example.org");
  expect(container.querySelector("th.text-center")?.textContent).toBe("a");
  expect(container.querySelector("td del")?.textContent).toBe("2");
  expect(container.querySelector<HTMLInputElement>("ol ul input")?.checked).toBe(true);
  expect(container.querySelector("a")?.href).toBe("https://example.org/");
});

test("what scrolls sideways can be reached by keyboard", () => {
  const container = shown("```js\nx\n```\n\n| a |\n|---|\n| 1 |");
  expect(container.querySelector("pre")?.tabIndex).toBe(0);
  expect(container.querySelector("table")?.parentElement?.tabIndex).toBe(0);
});

test("while a text grows its open marks look closed; the finished text is taken literally", () => {
  expect(shown("so **bold", true).querySelector("strong")?.textContent).toBe("bold");
  expect(shown("so **bold").querySelector("strong")).toBeNull();
  expect(shown("call `f(", true).querySelector("code")?.textContent).toBe("f(");
  expect(shown("see [the docs](https://exam", true).textContent).toBe("see the docs");
});

test("references and character entities", () => {
  expect(shown("a &lt; b &amp;&amp; c &hellip; &unknown; &#x27;").textContent).toBe(
    "a < b && c … &unknown; '",
  );
});

test("what is finished of a growing text stays as it is", () => {
  const text = (count: number) => Array.from({ length: count }, (_, index) => `Part ${index}`).join("\n\n");
  const { container, rerender } = render(<Markdown text={text(10)} streaming />);
  const first = [...container.querySelectorAll("p")].slice(0, 8);
  rerender(<Markdown text={text(100)} streaming />);
  const paragraphs = [...container.querySelectorAll("p")];
  expect(paragraphs.map(({ textContent }) => textContent)).toEqual(text(100).split("\n\n"));
  expect(paragraphs.slice(0, 8)).toEqual(first);
  for (const [index, paragraph] of first.entries()) expect(paragraphs[index]).toBe(paragraph);
});

test("long code keeps all of its lines, empty ones as well", () => {
  const code = Array.from({ length: 130 }, (_, index) => (index % 5 ? `line ${index}` : "")).join("\n");
  const { container, rerender } = render(<Markdown text={`\`\`\`\n${code.slice(0, 400)}`} streaming />);
  rerender(<Markdown text={`\`\`\`\n${code}\n\`\`\`\n\nafter`} />);
  expect(container.querySelector("code")?.textContent).toBe(code);
});

test("a row of a table stays while others come, until a link in it gets its address", () => {
  const table = "| a | b |\n|---|---|\n| 1 | [x] |\n| 2 | y |\n";
  const { container, rerender } = render(<Markdown text={table} streaming />);
  const cell = container.querySelector("tbody tr:last-child td");
  rerender(<Markdown text={`${table}| 3 | z |\n`} streaming />);
  expect(container.querySelectorAll("tbody tr")).toHaveLength(3);
  expect(container.querySelectorAll("tbody tr")[1]?.firstChild).toBe(cell);
  rerender(<Markdown text={`${table}| 3 | z |\n\n[x]: https://example.org/x\n\nafter`} streaming />);
  expect(container.querySelector("td a")?.getAttribute("href")).toBe("https://example.org/x");
  rerender(<Markdown text={"| a |\n|---|\n| 1 |\n| **2** |"} streaming />);
  expect(container.querySelector("tbody tr:last-child")?.textContent).toBe("2");
});
