"use client";

import { Brain, ChevronDown } from "lucide-react";
import { useId, useState } from "react";

import { cn } from "@/lib/cn";
import { Markdown } from "@/lib/markdown/markdown";

import { duration } from "@/lib/quantities";

type Props = { text: string; live: boolean; durationMs: number | null };

/** The model's reasoning, folded; it never opens by itself and never pushes the answer. */
export function Reasoning({ text, live, durationMs }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const took = durationMs === null ? "Thought" : `Thought for ${duration(durationMs)}`;
  return (
    <div className="rounded-xl border">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-2 rounded-xl px-3 text-sm text-muted-foreground hover:text-foreground pointer-coarse:min-h-11"
      >
        <Brain aria-hidden className={cn("size-4", live && "motion-safe:animate-pulse")} />
        {live ? "Thinking…" : took}
        <ChevronDown
          aria-hidden
          className={cn(
            "ml-auto size-4 transition-transform motion-reduce:transition-none",
            open && "rotate-180",
          )}
        />
      </button>
      <div id={id} hidden={!open} className="border-t px-4 py-3">
        {open ? (
          <Markdown text={text} streaming={live} className="gap-3 text-sm leading-6 text-muted-foreground" />
        ) : null}
      </div>
    </div>
  );
}
