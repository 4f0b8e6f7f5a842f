"use client";

import { Suspense, useMemo } from "react";

import { lazy } from "@/lib/lazy";
import { type Shortcut, useShortcuts } from "@/lib/shortcuts";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/common";

const CommandPalette = lazy(() => import("./command-palette"));

type Options = { onSignOut: () => void };

/** The palette, which Mod+K opens from anywhere, and what opens it otherwise. */
export function usePalette({ onSignOut }: Options) {
  const { wanted, open, setOpen } = useOnDemand();
  const shortcuts: Shortcut[] = useMemo(
    () => [{ keys: "Mod+K", does: t("shortcuts.palette"), run: () => setOpen(!open) }],
    [open, setOpen],
  );
  useShortcuts(t("search"), shortcuts);
  const dialog = wanted ? (
    <Suspense>
      <CommandPalette open={open} onOpenChange={setOpen} onSignOut={onSignOut} />
    </Suspense>
  ) : null;
  return { open: () => setOpen(true), dialog };
}
