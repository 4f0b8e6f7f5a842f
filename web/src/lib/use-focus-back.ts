import { useEffect, useLayoutEffect, useRef } from "react";

/** A form in place of what opened it gives the focus back when it closes: to where it was, or to the opener made anew. */
export function useFocusBack(open: boolean) {
  const opener = useRef<HTMLButtonElement>(null);
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (open) before.current = document.activeElement; // the form takes the focus after this
  }, [open]);
  useEffect(() => {
    if (open || !before.current) return;
    const field = before.current instanceof HTMLTextAreaElement ? before.current : null;
    (field?.isConnected ? field : opener.current)?.focus();
    before.current = null;
  }, [open]);
  return opener;
}
