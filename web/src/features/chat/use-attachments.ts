"use client";

import { type DragEvent as ReactDragEvent, useEffect, useState, useSyncExternalStore } from "react";

import { sendFile } from "@/lib/uploads";

import { type Attachment, Attachments } from "./attachments";
import type { ThreadStore } from "./thread-store";

const known = new WeakMap<ThreadStore, Attachments>();
const NONE: readonly Attachment[] = [];
const none = () => NONE;

/** The files that wait for the next message of a chat; they stay when a draft becomes a chat. */
export function attachmentsOf(store: ThreadStore): Attachments {
  const found = known.get(store) ?? new Attachments(sendFile);
  known.set(store, found);
  return found;
}

export const useAttachments = (attachments: Attachments): readonly Attachment[] =>
  useSyncExternalStore(attachments.subscribe, attachments.snapshot, none);

const hasFiles = (event: DragEvent | ReactDragEvent) =>
  Array.from(event.dataTransfer?.types ?? []).includes("Files");

/** Takes files that are dropped anywhere on the page; true while some hang over it. */
export function useDroppedFiles(onFiles: (files: Iterable<File>) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const drag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      // Without this the browser would leave the page to show the file.
      event.preventDefault();
      onFiles(event.dataTransfer?.files ?? []);
    };
    window.addEventListener("dragenter", drag);
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", drag);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [onFiles]);
  return over;
}
