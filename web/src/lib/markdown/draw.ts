import mermaid from "mermaid";

import { t } from "@/messages/markdown";

export type Drawing = { svg: string; problem: null } | { svg: null; problem: string };

let count = 0;
/** Mermaid has one configuration for the page, so diagrams are drawn one after the other. */
let last: Promise<unknown> = Promise.resolve();

async function draw(code: string, dark: boolean): Promise<Drawing> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    theme: dark ? "dark" : "default",
    fontFamily: "ui-sans-serif, system-ui, sans-serif",
    // An image cannot measure HTML.
    htmlLabels: false,
    maxTextSize: 20_000,
    maxEdges: 300,
  });
  count += 1;
  const id = `diagram-${count}`;
  try {
    const { svg } = await mermaid.render(id, code);
    return { svg, problem: null };
  } catch (error) {
    // What it was working on stays in the page otherwise.
    document.getElementById(`d${id}`)?.remove();
    const words = error instanceof Error ? error.message : String(error);
    return { svg: null, problem: words.split("\n", 1)[0] ?? t("diagram.unreadable") };
  }
}

/** A diagram as SVG, or why it cannot be drawn. */
export function drawingOf(code: string, dark: boolean): Promise<Drawing> {
  const drawing = last.then(() => draw(code, dark));
  last = drawing.catch(() => {});
  return drawing;
}
