"use client";

import { Ellipsis, FileBraces, FileText, GitBranch, Search, Share2 } from "lucide-react";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { ChatRowFragment } from "@/gql/graphql";
import { t } from "@/messages/chat";

import { ActionButton } from "./action-button";
import { useBranches } from "./branches/use-branches";
import { useShare } from "./use-share";
import { useTakeOut } from "./use-take-out";

type Props = { chat: ChatRowFragment; onFind: () => void; onReveal: (messageId: string) => void };

/** What can be done with the chat that is open. */
export function ChatMenu({ chat, onFind, onReveal }: Props) {
  const { share, dialog } = useShare(chat);
  const { exportChat } = useTakeOut();
  const { showBranches, sheet } = useBranches(chat.id, onReveal);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <ActionButton icon={Ellipsis} label={t("menu.title")} />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={share}>
            <Share2 aria-hidden />
            {t("menu.share")}
          </DropdownMenuItem>
          {/* The menu gives the focus back when it closes; the field takes it after that. */}
          <DropdownMenuItem onSelect={() => setTimeout(onFind)}>
            <Search aria-hidden />
            {t("menu.find")}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={showBranches}>
            <GitBranch aria-hidden />
            {t("menu.branches")}
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => void exportChat(chat.id, "MARKDOWN")}>
            <FileText aria-hidden />
            {t("menu.markdown")}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => void exportChat(chat.id, "JSON")}>
            <FileBraces aria-hidden />
            {t("menu.json")}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog}
      {sheet}
    </>
  );
}
