import katex from "katex";

import "katex/dist/katex.min.css";

/** Puts a formula into `place`, as elements and never as HTML. What is wrong in it is shown in red. */
export function typeset(tex: string, place: HTMLElement, displayMode: boolean): void {
  katex.render(tex, place, {
    displayMode,
    throwOnError: false,
    // Neither links nor images nor attributes.
    trust: false,
    strict: "ignore",
    maxExpand: 300,
    maxSize: 20,
  });
}
