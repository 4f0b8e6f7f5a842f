"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { useQuery } from "urql";

import { FormProblem } from "@/components/form-problem";
import { Sheet, SheetContent, SheetHeader } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { BranchesDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/branches";

import { BranchItem } from "./branch-row";
import { type Branch, keyInTree, rowsOfTree } from "./branch-tree";

type TreeProps = {
  branches: readonly Branch[];
  headId: string | null | undefined;
  onJump: (branch: Branch) => void;
};

function BranchTree({ branches, headId, onJump }: TreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const rows = rowsOfTree(branches, headId, closed);
  // Tab leads to where one was, or else to the end of what is shown.
  const here =
    rows.find(({ branch }) => branch.id === focused) ?? rows.findLast(({ passed }) => passed) ?? rows[0];

  const set = (id: string, shut: boolean) => {
    const next = new Set(closed);
    if (shut) next.add(id);
    else next.delete(id);
    setClosed(next);
  };
  const press = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ branch }) => branch.id === here?.branch.id);
    const row = rows[at];
    if (row && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return onJump(row.branch);
    }
    const does = keyInTree(event.key, rows, at, closed);
    if (!does) return;
    event.preventDefault();
    if ("go" in does) tree.current?.querySelector<HTMLElement>(`#branch-${CSS.escape(does.go)}`)?.focus();
    else if ("open" in does) set(does.open, false);
    else set(does.close, true);
  };

  return (
    <div
      ref={tree}
      role="tree"
      aria-label={t("title")}
      tabIndex={-1}
      onKeyDown={press}
      className="flex flex-col outline-hidden"
    >
      {rows.map((row) => {
        const { id } = row.branch;
        return (
          <BranchItem
            key={id}
            row={row}
            open={!closed.has(id)}
            reachable={id === here?.branch.id}
            onToggle={() => set(id, !closed.has(id))}
            onJump={() => onJump(row.branch)}
            onFocus={() => setFocused(id)}
          />
        );
      })}
    </div>
  );
}

type Props = {
  chatId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onJump: (branch: Branch) => void;
};

/** Every branch of the chat, and a way to each. */
export default function BranchSheet({ chatId, open, onOpenChange, onJump }: Props) {
  const [{ data, error }] = useQuery({
    query: BranchesDocument,
    variables: { chatId },
    requestPolicy: "network-only",
    pause: !open,
  });
  const chat = data?.chat;
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent side="right" className="w-md max-w-[100vw] bg-background">
        <SheetHeader title={t("title")} text={t("about")} />
        <div className="min-h-0 flex-1 overflow-y-auto p-3">
          <FormProblem text={error && !chat ? messageOf(error) : null} />
          {chat ? (
            <BranchTree
              branches={chat.branches}
              headId={chat.headId}
              onJump={(branch) => {
                onOpenChange(false);
                onJump(branch);
              }}
            />
          ) : error ? null : (
            <Skeleton className="h-24 w-full" />
          )}
        </div>
      </SheetContent>
    </Sheet>
  );
}
