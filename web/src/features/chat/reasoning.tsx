"use client";

import { Brain } from "lucide-react";
import { useState } from "react";

import { Markdown } from "@/lib/markdown/markdown";
import { duration } from "@/lib/quantities";
import { t } from "@/messages/runs";

import { Fold } from "./fold";

type Props = { text: string; live: boolean; durationMs: number | null };

/** The model's reasoning, folded; it never opens by itself and never pushes the answer. */
export function Reasoning({ text, live, durationMs }: Props) {
  const [open, setOpen] = useState(false);
  const took =
    durationMs === null ? t("reasoning.thought") : t("reasoning.thoughtFor", { time: duration(durationMs) });
  return (
    <Fold
      icon={Brain}
      label={live ? t("reasoning.thinking") : took}
      live={live}
      open={open}
      onOpenChange={setOpen}
    >
      <Markdown text={text} streaming={live} className="gap-3 text-sm leading-6 text-muted-foreground" />
    </Fold>
  );
}
