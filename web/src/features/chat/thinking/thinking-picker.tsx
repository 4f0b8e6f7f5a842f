"use client";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { ThinkingMode } from "@/gql/graphql";
import { t } from "@/messages/thinking";

import { pickerClasses } from "../picker-classes";
import { MODES } from "./modes";

type Props = { thinking: ThinkingMode; choose: (mode: ThinkingMode) => void };

/** How the next answers of this chat are made. */
export function ThinkingPicker({ thinking, choose }: Props) {
  const current = MODES.find(({ mode }) => mode === thinking);
  if (!current) return null;
  const { name, icon: Icon } = current;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={t("picker", { name })}
        title={t("picker", { name })}
        className={pickerClasses}
      >
        <Icon aria-hidden className="size-4 shrink-0" />
        {thinking === "IMMEDIATE" ? null : <span className="truncate max-sm:hidden">{name}</span>}
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="w-72">
        <DropdownMenuRadioGroup value={thinking} onValueChange={(mode) => choose(mode as ThinkingMode)}>
          {MODES.map(({ mode, name: title, does, icon: ModeIcon }) => (
            <DropdownMenuRadioItem key={mode} value={mode} className="py-2">
              <ModeIcon aria-hidden className="text-muted-foreground" />
              <span className="flex min-w-0 flex-col">
                <span>{title}</span>
                <span className="text-xs text-muted-foreground">{does}</span>
              </span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
