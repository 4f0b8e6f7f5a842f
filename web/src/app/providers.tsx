"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { Provider as UrqlProvider } from "urql";

import { SocketProvider } from "@/lib/socket";
import { createUrqlClient } from "@/lib/urql";

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createUrqlClient);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <UrqlProvider value={client}>
        <SocketProvider>{children}</SocketProvider>
      </UrqlProvider>
    </ThemeProvider>
  );
}
