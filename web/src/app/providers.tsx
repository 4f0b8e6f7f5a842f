"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { Provider as UrqlProvider } from "urql";

import { SocketProvider } from "@/lib/socket";
import { createUrqlClient } from "@/lib/urql";

/** “system” is one of the first two. */
const THEMES = ["light", "dark", "contrast"];

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createUrqlClient);
  return (
    <ThemeProvider
      attribute="class"
      themes={THEMES}
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
    >
      <UrqlProvider value={client}>
        <SocketProvider>{children}</SocketProvider>
      </UrqlProvider>
    </ThemeProvider>
  );
}
