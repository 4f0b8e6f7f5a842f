"use client";

import { useEffect, useState } from "react";

/** The token of a link, which stands behind # so that no server sees it; undefined until the page runs, "" without one. */
export function useToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const read = () => setToken(window.location.hash.slice(1));
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  return token;
}
