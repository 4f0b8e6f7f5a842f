"use client";

import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";

import type { Shortcut } from "./use-shortcuts";

const apple = () => /Mac|iP(hone|ad)/.test(navigator.platform);

const SIGNS: Record<string, string> = { Mod: "⌘", Shift: "⇧", Enter: "↵", ArrowUp: "↑", Escape: "Esc" };

function Keys({ keys }: { keys: string }) {
  const mac = apple();
  return (
    <span className="flex gap-1">
      {keys.split("+").map((key) => (
        <kbd
          key={key}
          className="min-w-6 rounded border bg-muted px-1.5 py-0.5 text-center font-sans text-xs"
        >
          {key === "Mod" && !mac ? "Ctrl" : (SIGNS[key] ?? key)}
        </kbd>
      ))}
    </span>
  );
}

type Props = { open: boolean; onOpenChange: (open: boolean) => void; shortcuts: readonly Shortcut[] };

/** Every shortcut of the chat, on one sheet. */
export default function ShortcutSheet({ open, onOpenChange, shortcuts }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-md">
        <DialogTitle>Keyboard shortcuts</DialogTitle>
        <DialogDescription className="sr-only">What the keys do in a chat.</DialogDescription>
        <ul className="divide-y text-sm">
          {shortcuts.map(({ keys, does }) => (
            <li key={keys} className="flex items-center justify-between py-2">
              {does}
              <Keys keys={keys} />
            </li>
          ))}
        </ul>
      </DialogContent>
    </Dialog>
  );
}
