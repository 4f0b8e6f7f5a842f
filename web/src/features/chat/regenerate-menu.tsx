"use client";

import { RefreshCw } from "lucide-react";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import { MODES } from "./thinking/modes";
import type { ThreadMessage } from "./thread";

/** Another answer beside this one, from the same choice or from a model picked here. */
export function RegenerateMenu({ message }: { message: ThreadMessage }) {
  const { models, regenerate } = useChat();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <ActionButton icon={RefreshCw} label={t("regenerate.title")} />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="max-h-80 overflow-y-auto">
        <DropdownMenuItem onSelect={() => regenerate(message)}>{t("regenerate.again")}</DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>{t("regenerate.otherWay")}</DropdownMenuLabel>
        {MODES.map(({ mode, name, icon: Icon }) => (
          <DropdownMenuItem key={mode} onSelect={() => regenerate(message, undefined, mode)}>
            <Icon aria-hidden />
            {name}
          </DropdownMenuItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuLabel>{t("regenerate.otherModel")}</DropdownMenuLabel>
        {models.map((model) => (
          <DropdownMenuItem key={model.id} onSelect={() => regenerate(message, model.id)}>
            {model.displayName}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
