"use client";

import { ChevronLeft, ChevronRight, Columns2 } from "lucide-react";
import { Suspense } from "react";

import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/runs";

import { ActionButton } from "./action-button";
import { useChat } from "./chat-context";
import type { ThreadMessage } from "./thread";

const CompareDialog = lazy(() => import("./compare-dialog"));

function CompareButton({ messageId }: { messageId: string }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <ActionButton icon={Columns2} label={t("compare.title")} onClick={() => setOpen(true)} />
      {wanted ? (
        <Suspense>
          <CompareDialog messageId={messageId} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}

/** ‹ 2/3 › between the versions of a message; nothing where there is one. */
export function SiblingArrows({ message }: { message: ThreadMessage }) {
  const { switchTo } = useChat();
  const ids = message.siblings.map(({ id }) => id);
  const index = ids.indexOf(message.id);
  if (ids.length < 2 || index < 0) return null;
  const previous = ids[index - 1];
  const next = ids[index + 1];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      role="group"
      aria-label={t("versions.title")}
      className="flex items-center text-xs text-muted-foreground tabular-nums"
    >
      <ActionButton
        icon={ChevronLeft}
        label={t("versions.previous")}
        disabled={!previous}
        onClick={() => previous && switchTo(previous)}
      />
      <span>
        {t.rich("versions.place", {
          at: String(index + 1),
          count: String(ids.length),
          hidden: (chunks) => <span className="sr-only">{chunks}</span>,
        })}
      </span>
      <ActionButton
        icon={ChevronRight}
        label={t("versions.next")}
        disabled={!next}
        onClick={() => next && switchTo(next)}
      />
      {message.role === "ASSISTANT" ? <CompareButton messageId={message.id} /> : null}
    </div>
  );
}
