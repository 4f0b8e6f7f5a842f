"use client";

import {
  Bot,
  Boxes,
  ChartLine,
  Library,
  type LucideIcon,
  MessageSquare,
  PanelLeft,
  Search,
  Settings,
  ShieldCheck,
  SquarePen,
  SquareTerminal,
  Workflow,
  Wrench,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { t } from "@/messages/common";
import type { common } from "@/messages/en/common";

import { Logo } from "./logo";
import { PageBadge } from "./page-badges";
import { type Person, UserMenu } from "./user-menu";

type PageName = keyof (typeof common)["pages"];

/** Every page of the application, in the order in which they are listed. */
export const PAGES: { href: string; name: PageName; icon: LucideIcon }[] = [
  { href: "/chat", name: "chat", icon: MessageSquare },
  { href: "/approvals", name: "approvals", icon: ShieldCheck },
  { href: "/agents", name: "agents", icon: Bot },
  { href: "/workflows", name: "workflows", icon: Workflow },
  { href: "/library", name: "library", icon: Library },
  { href: "/models", name: "models", icon: Boxes },
  { href: "/tools", name: "tools", icon: Wrench },
  { href: "/dashboard", name: "dashboard", icon: ChartLine },
  { href: "/playground", name: "playground", icon: SquareTerminal },
  { href: "/settings", name: "settings", icon: Settings },
];

const rowClasses =
  "relative flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm pointer-coarse:h-11 rail:justify-center rail:px-0 [&_svg]:size-4 [&_svg]:shrink-0";

type Props = {
  viewer: Person | null;
  onSignOut: () => void;
  pathname: string;
  rail: boolean;
  /** Without it the sidebar is a drawer, which has no rail. */
  onToggle?: () => void;
  onNavigate: () => void;
  onSearch: () => void;
  chats: ReactNode;
};

export function Sidebar({ viewer, onSignOut, pathname, rail, onToggle, onNavigate, onSearch, chats }: Props) {
  const here = (href: string) => pathname === href || pathname.startsWith(`${href}/`);
  return (
    <>
      <div className="flex h-13 shrink-0 items-center justify-between px-3 rail:justify-center">
        <Link
          href="/chat"
          className="flex items-center gap-2.5 rounded-lg font-semibold tracking-tight rail:hidden"
        >
          <Logo />
          Parley
        </Link>
        {onToggle ? (
          <Button
            variant="ghost"
            size="icon"
            className="size-9 text-muted-foreground"
            aria-label={rail ? t("sidebar.open") : t("sidebar.close")}
            aria-expanded={!rail}
            aria-keyshortcuts="Control+Shift+S Meta+Shift+S"
            title={rail ? t("sidebar.open") : t("sidebar.close")}
            onClick={onToggle}
          >
            <PanelLeft aria-hidden />
          </Button>
        ) : null}
      </div>
      <div className="shrink-0 px-2 pb-2">
        <Link
          href="/chat"
          onClick={onNavigate}
          title={t("newChat")}
          aria-keyshortcuts="Control+Shift+O Meta+Shift+O"
          className={cn(rowClasses, "border bg-background font-medium shadow-xs hover:bg-accent")}
        >
          <SquarePen aria-hidden />
          <span className="rail:sr-only">{t("newChat")}</span>
        </Link>
      </div>
      {/* Pages and chats scroll together: on a small screen neither would have room for itself. */}
      <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <div className="flex flex-col gap-0.5 px-2 pb-3">
          <button
            type="button"
            onClick={onSearch}
            title={t("search")}
            aria-haspopup="dialog"
            aria-keyshortcuts="Control+K Meta+K"
            className={cn(rowClasses, "text-muted-foreground hover:bg-accent hover:text-foreground")}
          >
            <Search aria-hidden />
            <span className="rail:sr-only">{t("search")}</span>
          </button>
          <nav aria-label={t("sidebar.pages")} className="flex flex-col gap-0.5">
            {PAGES.map(({ href, name, icon: Icon }) => (
              <Link
                key={href}
                href={href}
                onClick={onNavigate}
                title={t(`pages.${name}`)}
                aria-current={here(href) ? "page" : undefined}
                className={cn(
                  rowClasses,
                  here(href)
                    ? "bg-accent font-medium"
                    : "text-muted-foreground hover:bg-accent hover:text-foreground",
                )}
              >
                <Icon aria-hidden />
                <span className="rail:sr-only">{t(`pages.${name}`)}</span>
                <PageBadge href={href} />
              </Link>
            ))}
          </nav>
        </div>
        {chats}
      </div>
      <div className="shrink-0 border-t p-2">
        <UserMenu viewer={viewer} onSignOut={onSignOut} onNavigate={onNavigate} />
      </div>
    </>
  );
}
