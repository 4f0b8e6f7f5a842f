"use client";

import {
  Bot,
  Boxes,
  Contrast,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  PanelLeft,
  Sparkles,
  SquarePen,
  Sun,
  Tag,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useMemo } from "react";
import { useClient, useQuery } from "urql";
import { PAGES } from "@/components/sidebar";
import { useSidebar } from "@/components/use-sidebar";
import { PaletteThingsDocument, StartChatDocument } from "@/gql/later/graphql";
import { useOpenChat } from "@/lib/chat-path";
import { chooseModel } from "@/lib/chosen-model";
import { chooseTag } from "@/lib/chosen-tag";
import { messageOf } from "@/lib/errors";
import { showShortcutSheet } from "@/lib/shortcuts";
import { toast } from "@/lib/toast";
import { useTheme } from "@/lib/use-theme";
import { t as common } from "@/messages/common";
import { t } from "@/messages/palette";

import type { Command } from "./commands";

const THEMES = [
  ["light", Sun],
  ["dark", Moon],
  ["system", Monitor],
  ["contrast", Contrast],
] as const;

/** Pages that there are. */
function usePages(): Command[] {
  const router = useRouter();
  return useMemo(
    () =>
      PAGES.map(({ href, name, icon }) => ({
        id: href,
        name: common(`pages.${name}`),
        icon,
        run: () => router.push(href),
      })),
    [router],
  );
}

/** What can be done from anywhere. */
function useActions(onSignOut: () => void): Command[] {
  const { setTheme } = useTheme();
  const { toggle } = useSidebar();
  const open = useOpenChat();
  return useMemo(
    () => [
      { id: "new", name: common("newChat"), icon: SquarePen, run: () => open(null) },
      ...THEMES.map(([value, icon]) => ({
        id: `theme-${value}`,
        name: value === "system" ? t("likeTheSystem") : common(`themes.${value}`),
        hint: common("themes.label"),
        icon,
        run: () => setTheme(value),
      })),
      { id: "sidebar", name: common("sidebar.toggle"), icon: PanelLeft, run: toggle },
      { id: "keys", name: common("shortcuts.title"), icon: Keyboard, run: () => showShortcutSheet(true) },
      { id: "out", name: common("user.signOut"), icon: LogOut, run: onSignOut },
    ],
    [setTheme, toggle, open, onSignOut],
  );
}

/** Models to take for what comes next, agents to talk to, and tags whose chats to list. */
function useThings(): { models: Command[]; agents: Command[]; tags: Command[] } {
  const client = useClient();
  const open = useOpenChat();
  const { rail, toggle } = useSidebar();
  const openSidebar = useCallback(() => rail && toggle(), [rail, toggle]);
  const [{ data }] = useQuery({ query: PaletteThingsDocument, requestPolicy: "cache-and-network" });
  return useMemo(() => {
    const take = (id: string | null, name = "") => {
      chooseModel(id);
      toast.success(id ? t("model.chosen", { name }) : t("model.auto"));
    };
    const talkTo = async (agentId: string) => {
      const made = await client.mutation(StartChatDocument, { input: { agentId } }).toPromise();
      if (made.data) open(made.data.createChat.chat.id);
      else if (made.error) toast.error(messageOf(made.error));
    };
    const auto = {
      id: "auto",
      name: t("auto"),
      hint: t("hints.model"),
      icon: Sparkles,
      run: () => take(null),
    };
    const models = (data?.models ?? [])
      .filter(({ enabled }) => enabled)
      .map(({ id, displayName }) => ({
        id,
        name: displayName,
        hint: t("hints.model"),
        icon: Boxes,
        run: () => take(id, displayName),
      }));
    const agents = (data?.agents ?? []).map(({ id, name }) => ({
      id,
      name: t("chatWith", { name }),
      hint: t("hints.agent"),
      icon: Bot,
      run: () => void talkTo(id),
    }));
    const list = (tag: string | null) => {
      chooseTag(tag);
      openSidebar();
    };
    const tags = (data?.chatTags ?? []).map(({ tag }) => ({
      id: `tag-${tag}`,
      name: t("tagged", { tag }),
      hint: t("hints.tag"),
      icon: Tag,
      run: () => list(tag),
    }));
    const all = { id: "tags-all", name: t("anyTag"), hint: t("hints.tag"), icon: Tag, run: () => list(null) };
    return { models: data ? [auto, ...models] : [], agents, tags: tags.length > 0 ? [...tags, all] : [] };
  }, [client, data, open, openSidebar]);
}

/** Every command of the palette, by kind. */
export function useCommands(onSignOut: () => void) {
  return { pages: usePages(), actions: useActions(onSignOut), ...useThings() };
}
