"use client";

import { usePathname } from "next/navigation";
import { Suspense, useEffect, useMemo, useRef } from "react";
import { Button } from "@/components/ui/button";
import { chatIdOf, openChat } from "@/lib/chat-path";
import { useChosenTag } from "@/lib/chosen-tag";
import { lazy } from "@/lib/lazy";
import { toast } from "@/lib/toast";
import { t } from "@/messages/chat";
import { groupChats } from "./chat-groups";
import { ChatListItem, type ChatVerbs } from "./chat-list-item";
import { useChats } from "./use-chats";

const TagFilter = lazy(() => import("./tags/tag-filter"));

const UNDO_MS = 5_000;

/** Calls `onSeen` when the end of the list comes near the screen. */
function End({ onSeen }: { onSeen: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onSeen(), {
      rootMargin: "300px",
    });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [onSeen]);
  return <div ref={mark} className="h-4" />;
}

/** The viewer's chats by age, in the sidebar. `onOpen` lets a drawer close itself. */
export function ChatList({ onOpen }: { onOpen?: () => void }) {
  const { view, store } = useChats();
  const pathname = usePathname();
  const current = chatIdOf(pathname);
  const groups = useMemo(() => groupChats(view.chats), [view.chats]);
  const tag = useChosenTag();
  useEffect(() => void store.show(tag), [store, tag]);
  const filter = (
    <Suspense>
      <TagFilter retagged={view.retagged} />
    </Suspense>
  );
  const more = useMemo(() => () => void store.loadMore(), [store]);

  const verbs: ChatVerbs = useMemo(() => {
    const complain = (reason: string | null) => reason && toast.error(reason);
    const leave = (id: string) => chatIdOf(window.location.pathname) === id && openChat(null);
    return {
      rename: (chat, title) => void store.update({ id: chat.id, title }).then(complain),
      pin: (chat) => void store.update({ id: chat.id, pinned: !chat.pinned }).then(complain),
      archive: (chat) => {
        leave(chat.id);
        void store.update({ id: chat.id, archived: true }).then(complain);
        toast(t("list.archived"), {
          action: {
            label: t("undo"),
            onClick: () => void store.update({ id: chat.id, archived: false }).then(complain),
          },
        });
      },
      remove: (chat) => {
        leave(chat.id);
        store.remove(chat.id, UNDO_MS, complain);
        toast(t("list.deleted"), {
          duration: UNDO_MS,
          action: { label: t("undo"), onClick: () => store.restore(chat.id) },
        });
      },
    };
  }, [store]);

  if (view.state === "failed") {
    return (
      <div className="px-3 py-2 text-sm text-muted-foreground">
        {t("list.failed")}
        <Button variant="link" size="sm" onClick={() => void store.refresh()}>
          {t("tryAgain")}
        </Button>
      </div>
    );
  }
  if (view.state === "ready" && groups.length === 0) {
    return (
      <>
        {filter}
        <p className="px-3 py-2 text-sm text-muted-foreground">
          {tag ? t("list.untagged") : t("list.empty")}
        </p>
      </>
    );
  }
  return (
    <>
      {filter}
      <nav aria-label={t("list.title")} className="flex flex-col gap-4 px-2 pb-2">
        {groups.map(({ name, chats }) => (
          <section key={name} aria-label={name}>
            <h2 className="px-2 pb-1 text-xs font-medium text-muted-foreground">{name}</h2>
            <ul className="flex flex-col gap-px">
              {chats.map((chat) => (
                <ChatListItem
                  key={chat.id}
                  chat={chat}
                  current={chat.id === current}
                  verbs={verbs}
                  onOpen={onOpen}
                />
              ))}
            </ul>
          </section>
        ))}
        {view.hasMore ? <End key={view.chats.length} onSeen={more} /> : null}
      </nav>
    </>
  );
}
