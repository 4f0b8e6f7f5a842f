import type { LucideIcon } from "lucide-react";

/** One line of the palette. */
export type Command = { id: string; name: string; hint?: string; icon: LucideIcon; run: () => void };

/** The commands whose name or hint has every word of `text`, in the order in which they came. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ name, hint }) => {
    const said = `${name} ${hint ?? ""}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
