"use client";

import { ChevronDown } from "lucide-react";
import { useMutation } from "urql";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { SetToolApprovalDocument, type ToolApproval } from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/tools";

import { nameOf, RULES, type ToolFacts } from "./approvals";

const TONES: Record<ToolApproval, string> = {
  NEVER: "bg-emerald-500",
  ALWAYS_ALLOW: "bg-emerald-500",
  ASK: "bg-amber-500",
  DENY: "bg-muted-foreground/50",
};

const isRule = (value: string): value is ToolApproval => RULES.some((rule) => rule === value);

/** How it is with a tool for the viewer, and a rule of their own to change it; null takes that rule away. */
export function ApprovalChoice({ tool }: { tool: ToolFacts }) {
  const [{ fetching }, set] = useMutation(SetToolApprovalDocument);
  const change = async (approval: ToolApproval | null) => {
    const { data, error } = await set({ input: { toolId: tool.id, approval } });
    if (error) return toast.error(messageOf(error));
    const now = data?.setToolApproval.tools.find(({ id }) => id === tool.id)?.approval;
    // Of all rules that cover a tool the strictest wins, which may be one of an administrator.
    if (approval && now && now !== approval)
      toast(t("approval.stricter", { tool: tool.name, approval: now }));
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        disabled={fetching}
        aria-label={t("approval.ofTool", { tool: tool.name, approval: nameOf(tool.approval) })}
        className="inline-flex h-8 min-w-32 items-center gap-2 rounded-lg border bg-background px-3 text-sm shadow-xs hover:bg-accent disabled:opacity-50 pointer-coarse:h-11"
      >
        <span aria-hidden className={cn("size-2 shrink-0 rounded-full", TONES[tool.approval])} />
        {nameOf(tool.approval)}
        <ChevronDown aria-hidden className="ml-auto size-4 text-muted-foreground" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-64">
        <DropdownMenuRadioGroup
          value={tool.approval}
          onValueChange={(value) => void change(isRule(value) ? value : null)}
        >
          {RULES.map((rule) => (
            <DropdownMenuRadioItem key={rule} value={rule} className="py-2">
              <span className="flex flex-col">
                <span>{nameOf(rule)}</span>
                <span className="text-xs text-muted-foreground">{t(`approval.texts.${rule}`)}</span>
              </span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void change(null)}>{t("approval.withoutMine")}</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
