"use client";

import { Archive, Ellipsis, Pencil, Pin, PinOff, Share2, Tag, Trash2 } from "lucide-react";
import { type MouseEvent, memo, Suspense, useEffect, useRef, useState } from "react";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { ChatRowFragment } from "@/gql/graphql";
import { pathOf, useOpenChat } from "@/lib/chat-path";
import { cn } from "@/lib/cn";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/chat";

import { useShare } from "./use-share";

const TagDialog = lazy(() => import("./tags/tag-dialog"));

export type ChatVerbs = {
  rename: (chat: ChatRowFragment, title: string) => void;
  pin: (chat: ChatRowFragment) => void;
  archive: (chat: ChatRowFragment) => void;
  remove: (chat: ChatRowFragment) => void;
};

/** `byKey` says that the focus was in the field until the end, and has to go somewhere. */
type RenameProps = { title: string; onDone: (title: string | null, byKey: boolean) => void };

function RenameField({ title, onDone }: RenameProps) {
  const [text, setText] = useState(title);
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person just asked to rename it
      autoFocus
      value={text}
      aria-label={t("item.name")}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim() || null, false)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") onDone(text.trim() || null, true);
        else if (event.key === "Escape") {
          event.stopPropagation(); // elsewhere this key stops the answer
          onDone(null, true);
        }
      }}
      className="h-9 w-full rounded-lg border bg-background px-2 text-base md:text-sm pointer-coarse:h-11"
    />
  );
}

type MenuProps = {
  chat: ChatRowFragment;
  verbs: ChatVerbs;
  onRename: () => void;
  onShare: () => void;
  onTag: () => void;
};

function Menu({ chat, verbs, onRename, onShare, onTag }: MenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={t("item.actions", { title: chat.title || t("untitled") })}
        className="absolute top-1/2 right-1 flex size-7 -translate-y-1/2 items-center justify-center rounded-md text-muted-foreground opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-background hover:text-foreground data-[state=open]:opacity-100 pointer-coarse:size-11 pointer-coarse:opacity-100"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={onRename}>
          <Pencil aria-hidden />
          {t("item.rename")}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => verbs.pin(chat)}>
          {chat.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
          {chat.pinned ? t("item.unpin") : t("item.pin")}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onTag}>
          <Tag aria-hidden />
          {t("item.tags")}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onShare}>
          <Share2 aria-hidden />
          {t("menu.share")}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => verbs.archive(chat)}>
          <Archive aria-hidden />
          {t("item.archive")}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem variant="destructive" onSelect={() => verbs.remove(chat)}>
          <Trash2 aria-hidden />
          {t("item.delete")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

type Props = { chat: ChatRowFragment; current: boolean; verbs: ChatVerbs; onOpen?: () => void };

export const ChatListItem = memo(function ChatListItem({ chat, current, verbs, onOpen }: Props) {
  const [renaming, setRenaming] = useState(false);
  const { share, dialog } = useShare(chat);
  const tagging = useOnDemand();
  const openChat = useOpenChat();
  const link = useRef<HTMLAnchorElement>(null);
  const returning = useRef(false);
  useEffect(() => {
    if (!renaming && returning.current) link.current?.focus();
    returning.current = false;
  }, [renaming]);

  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openChat(chat.id);
    onOpen?.();
  };
  if (renaming) {
    return (
      <li>
        <RenameField
          title={chat.title}
          onDone={(title, byKey) => {
            returning.current = byKey;
            setRenaming(false);
            if (title && title !== chat.title) verbs.rename(chat, title);
          }}
        />
      </li>
    );
  }
  return (
    <li className="group relative">
      <a
        ref={link}
        href={pathOf(chat.id)}
        aria-current={current ? "page" : undefined}
        onClick={open}
        onDoubleClick={() => setRenaming(true)}
        className={cn(
          "flex h-9 items-center gap-2 rounded-lg px-2 text-sm hover:bg-accent pointer-coarse:h-11",
          "group-focus-within:pr-9 group-hover:pr-9 pointer-coarse:pr-12",
          current ? "bg-accent font-medium" : "text-muted-foreground",
        )}
      >
        <span className="truncate">{chat.title || t("untitled")}</span>
        {chat.activeRun ? (
          <span
            role="img"
            aria-label={t("item.answering")}
            className="size-1.5 shrink-0 rounded-full bg-primary motion-safe:animate-pulse"
          />
        ) : null}
      </a>
      <Menu
        chat={chat}
        verbs={verbs}
        // The menu gives the focus back when it closes; the field takes it after that.
        onRename={() => setTimeout(() => setRenaming(true))}
        onShare={share}
        onTag={() => tagging.setOpen(true)}
      />
      {dialog}
      {tagging.wanted ? (
        <Suspense>
          <TagDialog chat={chat} open={tagging.open} onOpenChange={tagging.setOpen} />
        </Suspense>
      ) : null}
    </li>
  );
});
