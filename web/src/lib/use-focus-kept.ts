import { useLayoutEffect, useRef } from "react";

/** When the thing goes and takes the focus with it, what is around it gets the focus: the next match of a selector. */
export function useFocusKept<Thing extends HTMLElement>(around: string) {
  const ref = useRef<Thing>(null);
  useLayoutEffect(() => {
    const thing = ref.current;
    const home = thing?.parentElement?.closest<HTMLElement>(around);
    let inside = false;
    const come = () => {
      inside = true;
    };
    // A button that is switched off while it is busy loses the focus to nothing.
    const leave = ({ target, relatedTarget }: FocusEvent) => {
      inside = !relatedTarget && target instanceof Element && target.matches(":disabled");
    };
    thing?.addEventListener("focusin", come);
    thing?.addEventListener("focusout", leave);
    return () => {
      thing?.removeEventListener("focusin", come);
      thing?.removeEventListener("focusout", leave);
      const { activeElement, body } = document;
      if (inside && (activeElement === body || thing?.contains(activeElement)))
        home?.focus({ preventScroll: true });
    };
  }, [around]);
  return ref;
}
