import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { SIDEBAR_SCRIPT } from "@/components/sidebar-state";
import { OPENING_SCRIPT } from "@/features/chat/opening";
import { INSIDE_SCRIPT } from "@/lib/inside-script";
import { LANGUAGE_SCRIPT } from "@/lib/language-script";

import { inter } from "./fonts";
import { Frame } from "./frame";
import { Providers } from "./providers";

import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Parley", template: "%s · Parley" },
  description: "Talk to a pool of AI models on your own server.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#12161a" },
  ],
};

const BEFORE_PAINT = [SIDEBAR_SCRIPT, LANGUAGE_SCRIPT, INSIDE_SCRIPT, OPENING_SCRIPT].join(";");

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={inter.variable} suppressHydrationWarning>
      <body>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant; it must run before the first paint */}
        <script dangerouslySetInnerHTML={{ __html: BEFORE_PAINT }} />
        <Providers>
          <Frame>{children}</Frame>
        </Providers>
      </body>
    </html>
  );
}
