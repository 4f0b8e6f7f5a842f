"use client";

import { Check, ChevronDown, X } from "lucide-react";
import type { Ref } from "react";

import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Remember } from "@/gql/later/graphql";
import { t } from "@/messages/approvals";

const FURTHER = ["RUN", "CHAT", "ALWAYS"] as const satisfies readonly Remember[];

type Props = {
  busy: boolean;
  /** Why not: the arguments that were written make no sense yet. */
  blocked: boolean;
  edited: boolean;
  no: Ref<HTMLButtonElement>;
  onAllow: (remember: Remember) => void;
  onDecline: () => void;
};

/** Yes, yes from now on, and no. */
export function ApprovalActions({ busy, blocked, edited, no, onAllow, onDecline }: Props) {
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <div className="flex">
        <Button
          size="sm"
          disabled={busy || blocked}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onClick={() => onAllow("CALL")}
          className="rounded-r-none"
        >
          <Check aria-hidden />
          {edited ? t("call.edited") : t("call.once")}
        </Button>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button
              size="sm"
              disabled={busy || blocked}
              aria-label={t("call.longer")}
              title={t("call.longer")}
              className="rounded-l-none border-l border-l-primary-foreground/25 px-2"
            >
              <ChevronDown aria-hidden />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="start">
            {FURTHER.map((remember) => (
              <DropdownMenuItem key={remember} onSelect={() => onAllow(remember)}>
                {t(`call.${remember}`)}
              </DropdownMenuItem>
            ))}
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      <Button ref={no} size="sm" variant="outline" disabled={busy} onClick={onDecline}>
        <X aria-hidden />
        {t("call.decline")}
      </Button>
    </div>
  );
}
