"use client";

import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { useShortcutGroups } from "@/lib/shortcuts";
import { t } from "@/messages/common";

const apple = () => /Mac|iP(hone|ad)/.test(navigator.platform);

const SIGNS: Record<string, string> = {
  Mod: "⌘",
  Shift: "⇧",
  Enter: "↵",
  ArrowUp: "↑",
  Escape: "Esc",
  Backspace: "⌫",
};

export function Keys({ keys }: { keys: string }) {
  const mac = apple();
  return (
    <span className="flex shrink-0 gap-1">
      {keys.split("+").map((key) => (
        <kbd
          key={key}
          className="min-w-6 rounded border bg-muted px-1.5 py-0.5 text-center font-sans text-xs"
        >
          {key === "Mod" && !mac ? t("shortcuts.ctrl") : (SIGNS[key] ?? key)}
        </kbd>
      ))}
    </span>
  );
}

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

/** Every shortcut of the page that is open, on one sheet. */
export default function ShortcutSheet({ open, onOpenChange }: Props) {
  const groups = useShortcutGroups();
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-md">
        <DialogTitle>{t("shortcuts.title")}</DialogTitle>
        <DialogDescription className="sr-only">{t("shortcuts.about")}</DialogDescription>
        {groups.map(({ name, shortcuts }) => (
          <section key={name} aria-label={name}>
            <h3 className="text-xs font-medium text-muted-foreground">{name}</h3>
            <ul className="divide-y text-sm">
              {shortcuts.map(({ keys, does }) => (
                <li key={keys} className="flex items-center justify-between gap-4 py-2">
                  {does}
                  <Keys keys={keys} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </DialogContent>
    </Dialog>
  );
}
