"use client";

import { ArrowDown } from "lucide-react";
import {
  type CSSProperties,
  type ReactNode,
  type Ref,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";

import { cn } from "@/lib/cn";
import { t } from "@/messages/runs";

import { AssistantMessage, Waiting } from "./assistant-message";
import { SummaryMarker } from "./context/summary-marker";
import { CONVERSATION, type Target } from "./conversation";
import { MessageFiles } from "./message-files";
import { type QueuePlace, queuePlaces } from "./queue";
import { QuoteSelection } from "./quote-button";
import type { Row } from "./thread";
import { useFollow } from "./use-follow";
import { UserBubble, UserMessage } from "./user-message";

const OLDER_WITHIN = 800;

function RowView({ row, queued }: { row: Row; queued: QueuePlace | undefined }) {
  if (row.kind === "sending") {
    return (
      <article
        aria-label={t("message.you")}
        className="flex flex-col items-end gap-1 pb-5 pointer-coarse:pb-8"
      >
        <MessageFiles files={row.files} />
        <UserBubble text={row.text} />
      </article>
    );
  }
  if (row.kind === "waiting") return <Waiting label="" />;
  return row.message.role === "USER" ? (
    <UserMessage message={row.message} queued={queued !== undefined} />
  ) : (
    <AssistantMessage message={row.message} queued={queued} />
  );
}

type ContainerProps = { style: CSSProperties; children: ReactNode; ref?: Ref<HTMLDivElement> };

/**
 * What rows are in. Virtualizer would have it ignore the pointer while it is scrolled, which all below inherits: the
 * styles of a long answer would be worked out anew whenever following it begins or ends, a tenth of a second each time.
 */
const Container = ({ style, ...props }: ContainerProps) => (
  <div {...props} style={{ ...style, pointerEvents: undefined }} />
);

type Props = {
  rows: Row[];
  active: boolean;
  loadOlder: () => Promise<void>;
  target: Target | null;
  onReached: () => void;
};

/** The conversation: only what is near the screen is in the page; the end stays in view until the reader leaves it. */
export default function MessageList({ rows, active, loadOlder, target, onReached }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const loading = useRef(false);
  const before = useRef<{ first?: string; last?: string; count: number }>({ count: 0 });
  const places = queuePlaces(rows);
  const { away, jump, leave } = useFollow(scroller, active, rows);
  const [shown, setShown] = useState<string | null>(null);

  const ends = { first: rows[0]?.key, last: rows.at(-1)?.key, count: rows.length };
  const known = before.current;
  const prepended =
    known.count > 0 && ends.count > known.count && ends.first !== known.first && ends.last === known.last;
  useEffect(() => {
    before.current = { first: ends.first, last: ends.last, count: ends.count };
  }, [ends.first, ends.last, ends.count]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first paint starts at the end
  useLayoutEffect(() => {
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, []);

  useEffect(() => {
    if (!target) return;
    const index = rows.findIndex(({ key }) => key === target.messageId);
    if (index < 0) return;
    leave();
    list.current?.scrollToIndex(index, { align: "start", offset: -16 });
    setShown(target.messageId);
    onReached();
  }, [target, rows, leave, onReached]);

  const sent = rows.findLast((row) => row.kind === "sending")?.key;
  useEffect(() => {
    if (sent) jump();
  }, [sent, jump]);

  const onScroll = (offset: number) => {
    if (offset > OLDER_WITHIN || loading.current) return;
    loading.current = true;
    void loadOlder().finally(() => {
      loading.current = false;
    });
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        id={CONVERSATION}
        role="log"
        aria-live="off"
        aria-label={t("conversation.title")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        <div className="h-4" />
        <Virtualizer
          ref={list}
          as={Container}
          scrollRef={scroller}
          startMargin={16}
          shift={prepended}
          onScroll={onScroll}
        >
          {rows.map((row) => (
            <div
              key={row.key}
              className={cn("mx-auto w-full max-w-3xl px-4 py-3 sm:px-6", row.key === shown && "shown-now")}
            >
              <RowView row={row} queued={places.get(row.key)} />
              {row.kind === "message" && row.message.summary ? (
                <SummaryMarker messageId={row.message.id} />
              ) : null}
            </div>
          ))}
        </Virtualizer>
        <div className="h-6" />
      </div>
      <QuoteSelection within={scroller} />
      {away ? (
        <button
          type="button"
          onClick={jump}
          className="absolute bottom-3 left-1/2 flex h-9 -translate-x-1/2 items-center gap-1.5 rounded-full border bg-background px-3 text-sm shadow-md hover:bg-accent pointer-coarse:h-11"
        >
          <ArrowDown aria-hidden className="size-4" />
          {t("conversation.latest")}
        </button>
      ) : null}
    </div>
  );
}
