"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

const NEAR = 80;

const distance = (element: HTMLElement) => element.scrollHeight - element.clientHeight - element.scrollTop;

/**
 * Keeps the end of `scroller` in view while `active`, until the reader scrolls up; near the end it follows again.
 * Returns whether the reader has left the end, a way back, and a way to leave it without the reader.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, active: boolean, changed: unknown) {
  const following = useRef(true);
  const lastTop = useRef(0);
  const lastHeight = useRef(0);
  const [away, setAway] = useState(false);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      const { scrollTop, scrollHeight } = element;
      // When content shrinks the browser moves the view up by itself; that is not the reader.
      const up = scrollTop < lastTop.current - 1 && scrollHeight >= lastHeight.current;
      const down = scrollTop > lastTop.current;
      if (up) following.current = false;
      else if (down && distance(element) <= NEAR) following.current = true;
      lastTop.current = scrollTop;
      lastHeight.current = scrollHeight;
      setAway(!following.current && distance(element) > NEAR);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows need a while to be measured, too
  useEffect(() => {
    let frame = 0;
    // Formulas and diagrams grow when what draws them has come.
    const until = performance.now() + 2_000;
    const step = () => {
      const element = scroller.current;
      // Whoever writes in the conversation, as in a message that is changed, must not lose sight of the field.
      const focused = document.activeElement;
      const writing = focused instanceof HTMLTextAreaElement && element?.contains(focused);
      if (element && !writing && following.current && distance(element) > 1)
        element.scrollTop = element.scrollHeight;
      if (active || performance.now() < until) frame = requestAnimationFrame(step);
    };
    step();
    return () => cancelAnimationFrame(frame);
  }, [scroller, active, changed]);

  const jump = useCallback(() => {
    following.current = true;
    setAway(false);
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);

  const leave = useCallback(() => {
    following.current = false;
  }, []);

  return { away, jump, leave };
}
