// Next runs this before it takes a page over. React's part for browsers is set up here and the page is taken over in the
// next task: both at once keep a phone's processor for longer than a touch should wait.
import "react-dom/client";

declare global {
  interface Window {
    /** Scripts that Next waits for; one without an address is over in the next task. */
    __next_s?: [src: 0, attributes: { children: string }][];
  }
}

window.__next_s ??= [];
window.__next_s.push([0, { children: "" }]);
