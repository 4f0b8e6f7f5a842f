import { useTheme as useThemeOfPage } from "next-themes";
import { useCallback } from "react";

/** Nothing fades while the colours of everything change. By then they have changed, and been drawn. */
function withoutTransitions(change: () => void): void {
  const page = document.documentElement.dataset;
  page.still = "";
  change();
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      delete page.still;
    }),
  );
}

/**
 * The theme, and how to choose one. What next-themes has against fading works out the styles of the whole page four times
 * at each start, too.
 */
export function useTheme() {
  const { theme, setTheme } = useThemeOfPage();
  const choose = useCallback((name: string) => withoutTransitions(() => setTheme(name)), [setTheme]);
  return { theme, setTheme: choose };
}
