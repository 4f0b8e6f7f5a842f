import { useSyncExternalStore } from "react";

const never = () => () => {};

/** What only the browser knows; `built` on the server and in the first client render. */
export function useInBrowser<Value>(read: () => Value, built: Value): Value {
  return useSyncExternalStore(never, read, () => built);
}

/** False on the server and in the first client render, true from then on. */
export const useHydrated = (): boolean => useInBrowser(() => true, false);
