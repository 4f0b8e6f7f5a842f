"use client";

import { Bot, ChevronDown, ChevronRight, UserRound } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import { formatRelative } from "@/lib/dates";
import { t } from "@/messages/branches";

import type { Branch, BranchRow } from "./branch-tree";

/** How far a level stands in, in pixels; beyond the sixth there is no room on a phone. */
const STEP = 14;
const DEEPEST = 6;

const plain = (text: string) => text.replace(/\s+/g, " ").trim() || t("empty");

function kindOf({ role, parentId, depth }: Branch, position: number): string {
  if (!parentId && position === 1) return t("beginning");
  return role === "USER" ? t("anotherQuestion", { depth }) : t("anotherAnswer", { depth });
}

type Props = {
  row: BranchRow;
  open: boolean;
  /** Whether Tab leads to it. */
  reachable: boolean;
  onToggle: () => void;
  onJump: () => void;
  onFocus: () => void;
};

/** A branch: how it begins, how long it is, and where it ends. */
export function BranchItem({ row, open, reachable, onToggle, onJump, onFocus }: Props) {
  const { branch, level, position, siblings, children, passed, shown } = row;
  const Icon = branch.role === "USER" ? UserRound : Bot;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree listens to the keys of all its items
    <div
      role="treeitem"
      id={`branch-${branch.id}`}
      tabIndex={reachable ? 0 : -1}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={children > 0 ? open : undefined}
      aria-selected={shown}
      onClick={onJump}
      onFocus={onFocus}
      style={{ paddingInlineStart: 8 + STEP * (Math.min(level, DEEPEST) - 1) }}
      className="flex cursor-pointer items-start gap-1.5 rounded-lg py-2 pr-2 hover:bg-accent focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-ring"
    >
      {children > 0 ? (
        // The arrow keys of the tree do the same.
        <span
          aria-hidden
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
          className="-m-1 flex size-7 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-muted pointer-coarse:size-9"
        >
          <Chevron className="size-4" />
        </span>
      ) : (
        <span aria-hidden className="-m-1 size-7 shrink-0 pointer-coarse:size-9" />
      )}
      <Icon
        aria-hidden
        className={cn("mt-0.5 size-4 shrink-0", passed ? "text-primary" : "text-muted-foreground")}
      />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-xs text-muted-foreground">
          <span className="truncate">{kindOf(branch, position)}</span>
          {shown ? <Badge>{t("shown")}</Badge> : null}
        </p>
        <p className="mt-0.5 line-clamp-2 text-sm wrap-anywhere">{plain(branch.preview)}</p>
        <p className="mt-0.5 truncate text-xs text-muted-foreground">
          {t("length", { count: branch.length })} · {formatRelative(branch.updatedAt)}
          {branch.length > 1 ? ` · ${t("ends", { text: plain(branch.tipPreview).slice(0, 60) })}` : ""}
        </p>
      </div>
    </div>
  );
}
