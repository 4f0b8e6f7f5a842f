import { configure } from "@testing-library/dom";

// A busy machine is no failure: whoever waits for something waits for it, not for a second.
configure({ asyncUtilTimeout: 15_000 });

// Nothing has a size in jsdom, so there is nothing to observe.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollIntoView ??= () => {};
