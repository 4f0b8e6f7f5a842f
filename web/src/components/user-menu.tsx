"use client";

import { ChevronsUpDown, Contrast, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import Link from "next/link";
import { Avatar } from "@/components/ui/avatar";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { useTheme } from "@/lib/use-theme";
import { t } from "@/messages/common";

const THEMES = [
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
  { value: "system", icon: Monitor },
  { value: "contrast", icon: Contrast },
] as const;

function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <>
      <DropdownMenuLabel>{t("themes.label")}</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={theme} onValueChange={setTheme} aria-label={t("themes.label")}>
        {THEMES.map(({ value, icon: Icon }) => (
          // The menu stays open, so that themes can be compared.
          <DropdownMenuRadioItem key={value} value={value} onSelect={(event) => event.preventDefault()}>
            <Icon aria-hidden className="size-4 text-muted-foreground" />
            {t(`themes.${value}`)}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}

export type Person = { name: string; email: string };

type Props = { viewer: Person | null; onSignOut: () => void; onNavigate: () => void };

/** Who is signed in; behind it the theme and the way out. */
export function UserMenu({ viewer, onSignOut, onNavigate }: Props) {
  if (!viewer) return <div className="h-11" />;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={t("user.account", { name: viewer.name })}
        className="flex h-11 w-full items-center gap-2.5 rounded-lg px-2 text-left text-sm hover:bg-accent data-[state=open]:bg-accent rail:justify-center rail:px-0"
      >
        <Avatar name={viewer.name} />
        <span className="min-w-0 flex-1 truncate font-medium rail:hidden">{viewer.name}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted-foreground rail:hidden" />
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-60">
        <div className="px-2 py-1.5 text-sm">
          <p className="truncate font-medium">{viewer.name}</p>
          <p className="truncate text-muted-foreground">{viewer.email}</p>
        </div>
        <DropdownMenuSeparator />
        <ThemeChoice />
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/settings" onClick={onNavigate}>
            <Settings aria-hidden />
            {t("pages.settings")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onSignOut}>
          <LogOut aria-hidden />
          {t("user.signOut")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
