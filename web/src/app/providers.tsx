"use client";

import { ThemeProvider } from "next-themes";
import { Fragment, type ReactNode, useEffect, useState } from "react";
import { Provider as UrqlProvider } from "urql";

import { speakWanted, useLanguage } from "@/lib/language";
import { SocketProvider } from "@/lib/socket";
import { createUrqlClient } from "@/lib/urql";

/** “system” is one of the first two. */
const THEMES = ["light", "dark", "contrast"];

/** Texts are worked out where they are shown, so all of that is made anew when the language changes. */
function InTheLanguage({ children }: { children: ReactNode }) {
  const language = useLanguage();
  useEffect(() => {
    speakWanted().catch(() => undefined); // it goes on in English
  }, []);
  return <Fragment key={language}>{children}</Fragment>;
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createUrqlClient);
  return (
    <ThemeProvider attribute="class" themes={THEMES} defaultTheme="system" enableSystem>
      <UrqlProvider value={client}>
        <SocketProvider>
          <InTheLanguage>{children}</InTheLanguage>
        </SocketProvider>
      </UrqlProvider>
    </ThemeProvider>
  );
}
