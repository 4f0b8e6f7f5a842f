import { useState } from "react";

/** For what is loaded with its first opening and then stays, so that it can also close gracefully. */
export function useOnDemand() {
  const [state, setState] = useState<"never" | "open" | "closed">("never");
  return {
    wanted: state !== "never",
    open: state === "open",
    setOpen: (open: boolean) => setState(open ? "open" : "closed"),
  };
}
