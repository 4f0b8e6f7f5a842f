"use client";

import { Menu, SquarePen } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, Suspense, useMemo } from "react";
import { Button } from "@/components/ui/button";
import { useOpenChat } from "@/lib/chat-path";
import { lazy } from "@/lib/lazy";
import { type Shortcut, showShortcutSheet, useShortcutSheet, useShortcuts } from "@/lib/shortcuts";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/common";

import { ConnectionBanner } from "./connection-banner";
import { Logo } from "./logo";
import { BadgeDot } from "./page-badges";
import { Sidebar } from "./sidebar";
import { useSidebar } from "./use-sidebar";
import type { Person } from "./user-menu";

const MobileSidebar = lazy(() => import("./mobile-sidebar"));
const ShortcutSheet = lazy(() => import("./shortcut-sheet"));

type Props = {
  viewer: Person | null;
  onSignOut: () => void;
  onSearch: () => void;
  /** The list of chats; called with what closes the drawer on a phone. */
  chats?: (close: () => void) => ReactNode;
  children: ReactNode;
};

const stay = () => {};

/** The keys that work on every page. */
function useShellShortcuts(toggleSidebar: () => void) {
  const openChat = useOpenChat();
  const shortcuts: Shortcut[] = useMemo(
    () => [
      { keys: "Mod+Shift+O", does: t("newChat"), run: () => openChat(null) },
      { keys: "Mod+Shift+S", does: t("sidebar.toggle"), run: toggleSidebar },
      { keys: "Mod+/", does: t("shortcuts.sheet"), run: () => showShortcutSheet(true) },
    ],
    [openChat, toggleSidebar],
  );
  useShortcuts(t("shortcuts.everywhere"), shortcuts);
}

/** Sidebar and page; on a phone a bar with a drawer above the page. */
export function AppShell({ viewer, onSignOut, onSearch, chats, children }: Props) {
  const { rail, toggle } = useSidebar();
  const drawer = useOnDemand();
  const pathname = usePathname();
  const close = () => drawer.setOpen(false);
  const sheet = useShortcutSheet();
  useShellShortcuts(toggle);
  const shared = { viewer, onSignOut, pathname };
  const search = () => {
    close();
    onSearch();
  };

  return (
    <div className="flex h-dvh w-full overflow-hidden">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-lg bg-primary px-4 py-2 text-sm font-medium text-primary-foreground focus:translate-y-0"
      >
        {t("sidebar.skip")}
      </a>
      <aside
        aria-label={t("sidebar.label")}
        className="hidden w-66 shrink-0 border-r bg-sidebar md:flex md:flex-col rail:w-14"
      >
        <Sidebar
          {...shared}
          rail={rail}
          onToggle={toggle}
          onNavigate={stay}
          onSearch={onSearch}
          chats={rail ? null : chats?.(stay)}
        />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-13 shrink-0 items-center justify-between border-b px-1.5 md:hidden">
          <Button
            variant="ghost"
            size="icon"
            className="relative size-11"
            aria-label={t("menu.open")}
            onClick={() => drawer.setOpen(true)}
          >
            <Menu aria-hidden className="size-5" />
            <BadgeDot />
          </Button>
          <Link
            href="/chat"
            className="flex min-h-11 items-center gap-2 rounded-lg px-2 font-semibold tracking-tight"
          >
            <Logo className="size-6" />
            Parley
          </Link>
          <Button variant="ghost" size="icon" className="size-11" asChild>
            <Link href="/chat" aria-label={t("newChat")}>
              <SquarePen aria-hidden className="size-5" />
            </Link>
          </Button>
        </header>
        <ConnectionBanner />
        {/* What is placed or hidden in it must not make the document itself longer: `relative` keeps it in here. */}
        <main id="content" tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto outline-hidden">
          {children}
        </main>
      </div>
      {drawer.wanted ? (
        <Suspense>
          <MobileSidebar open={drawer.open} onOpenChange={drawer.setOpen}>
            <Sidebar {...shared} rail={false} onNavigate={close} onSearch={search} chats={chats?.(close)} />
          </MobileSidebar>
        </Suspense>
      ) : null}
      {sheet ? (
        <Suspense>
          <ShortcutSheet open onOpenChange={showShortcutSheet} />
        </Suspense>
      ) : null}
    </div>
  );
}
