"use client";

import { Input } from "@/components/ui/input";
import { CopyButton } from "@/lib/markdown/copy-button";

type Props = { name: string; text: string; copyLabel: string };

/** A secret that can be copied, and is not shown again. */
export function ShownOnce({ name, text, copyLabel }: Props) {
  return (
    <div className="flex items-center gap-2">
      <Input
        readOnly
        aria-label={name}
        value={text}
        onFocus={(event) => event.target.select()}
        className="font-mono"
      />
      <CopyButton text={text} label={copyLabel} showLabel className="h-9 border px-3 pointer-coarse:h-11" />
    </div>
  );
}
