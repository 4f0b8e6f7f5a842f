"use client";

import { X } from "lucide-react";

import { cn } from "@/lib/cn";
import { fileSize, percent } from "@/lib/quantities";
import { t } from "@/messages/chat";

import { ActionButton } from "./action-button";
import type { Attachment } from "./attachments";
import { FileIcon } from "./file-icon";

function stateOf({ sent, reason, progress, size }: Attachment): string {
  if (reason) return reason;
  if (sent) return fileSize(size);
  return progress < 1 ? percent(progress) : t("attachments.reading");
}

/** The files that go with the next message, with what has become of each so far. */
export function AttachmentList({
  items,
  onRemove,
}: {
  items: readonly Attachment[];
  onRemove: (key: string) => void;
}) {
  if (items.length === 0) return null;
  return (
    <ul aria-label={t("attachments.title")} className="flex max-h-44 flex-wrap gap-2 overflow-y-auto p-1">
      {items.map((item) => (
        <li
          key={item.key}
          className={cn(
            "relative flex min-h-11 max-w-full items-center gap-2 overflow-hidden rounded-xl border bg-background py-1 pr-1 pl-2 text-sm",
            item.reason && "border-destructive",
          )}
        >
          <FileIcon picture={false} preview={item.preview} />
          <span className="min-w-0 sm:max-w-64">
            <span className="block truncate">{item.name}</span>
            <span
              aria-live="polite"
              className={cn("block text-xs text-muted-foreground", item.reason && "text-destructive")}
            >
              {stateOf(item)}
            </span>
          </span>
          <ActionButton
            icon={X}
            label={t("attachments.remove", { name: item.name })}
            onClick={() => onRemove(item.key)}
          />
          {item.sent || item.reason ? null : (
            <progress
              aria-label={t("attachments.sending", { name: item.name })}
              value={item.progress}
              max={1}
              className="absolute inset-x-0 bottom-0 h-1 w-full appearance-none [&::-moz-progress-bar]:bg-primary [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-primary"
            />
          )}
        </li>
      ))}
    </ul>
  );
}
