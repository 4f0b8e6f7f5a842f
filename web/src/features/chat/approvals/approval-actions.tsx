"use client";

import { Check, ChevronDown, X } from "lucide-react";

import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Remember } from "@/gql/later/graphql";

const FURTHER: { remember: Remember; name: string }[] = [
  { remember: "RUN", name: "Allow for this answer" },
  { remember: "CHAT", name: "Allow in this chat" },
  { remember: "ALWAYS", name: "Always allow" },
];

type Props = {
  busy: boolean;
  /** Why not: the arguments that were written make no sense yet. */
  blocked: boolean;
  edited: boolean;
  onAllow: (remember: Remember) => void;
  onDecline: () => void;
};

/** Yes, yes from now on, and no. */
export function ApprovalActions({ busy, blocked, edited, onAllow, onDecline }: Props) {
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
          {edited ? "Allow with these" : "Allow once"}
        </Button>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button
              size="sm"
              disabled={busy || blocked}
              aria-label="Allow for longer"
              title="Allow for longer"
              className="rounded-l-none border-l border-l-primary-foreground/25 px-2"
            >
              <ChevronDown aria-hidden />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="start">
            {FURTHER.map(({ remember, name }) => (
              <DropdownMenuItem key={remember} onSelect={() => onAllow(remember)}>
                {name}
              </DropdownMenuItem>
            ))}
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      <Button size="sm" variant="outline" disabled={busy} onClick={onDecline}>
        <X aria-hidden />
        Decline…
      </Button>
    </div>
  );
}
