"use client";

import { MessageSquare, Search, TextSearch } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";

import { Snippet } from "@/components/snippet";
import {
  Command as CommandBox,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { useOpenChat } from "@/lib/chat-path";
import { t as common } from "@/messages/common";
import { t } from "@/messages/palette";

import { type Command, matching } from "./commands";
import { useCommands } from "./use-commands";
import { type Found, LONGEST_TEXT, useFound } from "./use-found";

type Run = (run: () => void) => void;

/** Commands that are not searched for are few; pools can have hundreds of models. */
const MOST = 6;

function Line({ command, run }: { command: Command; run: Run }) {
  const { id, name, hint, icon: Icon } = command;
  return (
    <CommandItem value={id} onSelect={() => run(command.run)}>
      <Icon aria-hidden className="text-muted-foreground" />
      <span className="truncate">{name}</span>
      {hint ? <span className="ml-auto shrink-0 text-xs text-muted-foreground">{hint}</span> : null}
    </CommandItem>
  );
}

function Group({ name, children }: { name: string; children: ReactNode[] }) {
  return children.length > 0 ? <CommandGroup heading={name}>{children}</CommandGroup> : null;
}

function Lines({ name, commands, run }: { name: string; commands: Command[]; run: Run }) {
  return (
    <Group name={name}>
      {commands.map((command) => (
        <Line key={command.id} command={command} run={run} />
      ))}
    </Group>
  );
}

function FoundLines({ found, text, run }: { found: Found | null; text: string; run: Run }) {
  const open = useOpenChat();
  const router = useRouter();
  if (!found) return null;
  return (
    <>
      <Group name={found.text ? t("groups.chats") : t("groups.recent")}>
        {found.chats.map(({ id, title }) => (
          <CommandItem key={id} value={id} onSelect={() => run(() => open(id))}>
            <MessageSquare aria-hidden className="text-muted-foreground" />
            <span className="truncate">{title || common("newChat")}</span>
          </CommandItem>
        ))}
      </Group>
      <Group name={t("groups.messages")}>
        {found.messages.map(({ message, chat, snippet }) => (
          <CommandItem
            key={message.id}
            value={message.id}
            onSelect={() => run(() => chat && open(chat.id, message.id))}
          >
            <TextSearch aria-hidden className="text-muted-foreground" />
            <span className="min-w-0">
              <span className="line-clamp-2 break-words">
                <Snippet text={snippet} />
              </span>
              <span className="block truncate text-xs text-muted-foreground">{chat?.title}</span>
            </span>
          </CommandItem>
        ))}
      </Group>
      {text ? (
        <CommandItem
          value="search"
          onSelect={() => run(() => router.push(`/library?q=${encodeURIComponent(text)}`))}
        >
          <Search aria-hidden className="text-muted-foreground" />
          <span className="truncate">{t("searchAll", { text })}</span>
        </CommandItem>
      ) : null}
    </>
  );
}

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onSignOut: () => void };

function Contents({ onOpenChange, onSignOut }: Omit<Props, "open">) {
  const [typed, type] = useState("");
  const { pages, actions, models, agents, tags } = useCommands(onSignOut);
  const text = typed.trim();
  const { found, searching, problem } = useFound(text);
  const run: Run = (command) => {
    onOpenChange(false);
    command();
  };
  const few = (commands: Command[]) => (text ? matching(commands, text).slice(0, MOST) : []);
  const foundLines = <FoundLines found={found} text={text} run={run} />;
  return (
    <CommandBox shouldFilter={false} loop label={common("shortcuts.palette")}>
      <CommandInput
        value={typed}
        onValueChange={type}
        maxLength={LONGEST_TEXT}
        placeholder={t("placeholder")}
      />
      <CommandList className="max-h-[min(28rem,60dvh)]">
        {problem ? (
          <p role="alert" className="px-3 py-2 text-sm text-muted-foreground">
            {t("unsearched", { problem })}
          </p>
        ) : (
          <CommandEmpty>{searching ? t("searching") : t("nothing")}</CommandEmpty>
        )}
        {text ? null : foundLines}
        <Lines name={t("groups.commands")} commands={matching(actions, text)} run={run} />
        <Lines name={t("groups.pages")} commands={matching(pages, text)} run={run} />
        <Lines name={t("groups.agents")} commands={few(agents)} run={run} />
        <Lines name={t("groups.tags")} commands={few(tags)} run={run} />
        <Lines name={t("groups.models")} commands={few(models)} run={run} />
        {text ? foundLines : null}
      </CommandList>
    </CommandBox>
  );
}

/** One field for everything: chats, messages, pages, models, agents and what can be done. */
export default function CommandPalette({ open, onOpenChange, onSignOut }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent closable={false} className="top-[12dvh] translate-y-0 gap-0 p-0 sm:max-w-xl">
        <DialogTitle className="sr-only">{common("shortcuts.palette")}</DialogTitle>
        <DialogDescription className="sr-only">{t("about")}</DialogDescription>
        <Contents onOpenChange={onOpenChange} onSignOut={onSignOut} />
      </DialogContent>
    </Dialog>
  );
}
