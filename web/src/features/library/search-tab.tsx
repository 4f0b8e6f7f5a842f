"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { EmptyState } from "@/components/empty-state";
import { MoreButton } from "@/components/more-button";
import { Snippet } from "@/components/snippet";
import { Badge } from "@/components/ui/badge";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { Unreachable } from "@/components/unreachable";
import { LibrarySearchDocument, type LibrarySearchQuery } from "@/gql/later/graphql";
import { pathOf, useOpenChat } from "@/lib/chat-path";
import { formatRelative } from "@/lib/dates";
import { usePages } from "@/lib/use-pages";
import { t as common } from "@/messages/common";
import { t } from "@/messages/library";

const PAUSE_MS = 250;
const LONGEST = 200;
/** The server counts no further. */
const COUNTED = 1_000;

type Hit = LibrarySearchQuery["search"]["edges"][number]["node"];

const readSearch = (data: LibrarySearchQuery) => data.search;

function HitLine({ hit }: { hit: Hit }) {
  const open = useOpenChat();
  const { chat, message, snippet } = hit;
  if (!chat) return null;
  return (
    <li>
      <a
        href={pathOf(chat.id, message.id)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          open(chat.id, message.id);
        }}
        className="block rounded-xl border p-4 hover:bg-accent"
      >
        <span className="flex items-center gap-2 text-xs text-muted-foreground">
          <span className="truncate font-medium text-foreground">{chat.title || common("newChat")}</span>
          {chat.archived ? <Badge>{t("tabs.archived")}</Badge> : null}
          <span className="ml-auto shrink-0">
            {message.role === "USER" ? t("search.you") : (message.modelUsed ?? common("answer"))} ·{" "}
            {formatRelative(message.createdAt)}
          </span>
        </span>
        <span className="mt-1.5 line-clamp-3 block text-sm leading-6 break-words">
          <Snippet text={snippet} />
        </span>
      </a>
    </li>
  );
}

function Hits({ query }: { query: string }) {
  const { nodes, total, state, problem, more, refresh } = usePages(
    LibrarySearchDocument,
    { query },
    readSearch,
  );
  if (problem) return <Unreachable problem={problem} onRetry={refresh} />;
  if (state === "loading") return <Skeleton className="h-24 w-full rounded-xl" />;
  if (nodes.length === 0)
    return <EmptyState icon={Search} title={t("search.none")} text={t("search.noneText")} />;
  return (
    <>
      <p role="status" className="text-sm text-muted-foreground">
        {total !== null && total >= COUNTED
          ? t("search.many", { count: COUNTED })
          : t("search.found", { count: total ?? 0 })}
      </p>
      <ul aria-label={t("search.list")} className="flex flex-col gap-2">
        {nodes.map((hit) => (
          <HitLine key={hit.message.id} hit={hit} />
        ))}
      </ul>
      <MoreButton onMore={more} />
    </>
  );
}

/** Searches every message; the words stand in the address, so that a search can be kept and gone back to. */
export function SearchTab({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const [text, setText] = useState(query);
  /** The words that this field has put into the address. Others there came from outside, and stand here then. */
  const asked = useRef(query);
  useEffect(() => {
    if (query === asked.current) return;
    asked.current = query;
    setText(query);
  }, [query]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = wanted;
      onQuery(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, onQuery]);
  return (
    <div className="flex flex-col gap-4">
      <Input
        type="search"
        aria-label={t("search.label")}
        placeholder={t("search.placeholder")}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {query ? (
        <Hits query={query} />
      ) : (
        <EmptyState icon={Search} title={t("search.title")} text={t("search.about")} />
      )}
    </div>
  );
}
