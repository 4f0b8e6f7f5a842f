"use client";

import { useState } from "react";
import { useClient } from "urql";

import { ImportChatsDocument } from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { t as common } from "@/messages/common";
import { t } from "@/messages/library";

import { type Archive, archiveOf, LARGEST_FILE } from "./pieces";

export type Skipped = { index: number; reason: string };
export type Import = {
  fileName: string;
  busy: boolean;
  /** From 0 to 1. */
  progress: number;
  imported: number;
  skipped: readonly Skipped[];
  problem: string | null;
};

/** What is in the file, or why that cannot be said. */
async function read(file: File): Promise<Archive | string> {
  if (file.size > LARGEST_FILE) return t("import.problems.tooLarge");
  const text = await file.text().catch(() => null);
  if (text === null) return t("import.problems.unreadable");
  const archive = archiveOf(text);
  if (!archive) return t("import.problems.notJson");
  return archive.pieces.length + archive.oversized.length > 0 ? archive : t("import.problems.empty");
}

/** Brings the chats of a file in, piece by piece. */
export function useImport() {
  const client = useClient();
  const [state, setState] = useState<Import | null>(null);

  const start = async (file: File) => {
    let now: Import = {
      fileName: file.name,
      busy: true,
      progress: 0,
      imported: 0,
      skipped: [],
      problem: null,
    };
    const say = (change: Partial<Import>) => {
      now = { ...now, ...change };
      setState(now);
    };
    say({});
    const archive = await read(file);
    if (typeof archive === "string") return say({ busy: false, problem: archive });
    const { pieces, oversized } = archive;
    say({ skipped: oversized.map((index) => ({ index, reason: t("import.problems.chatTooLarge") })) });
    for (const [index, { content, from }] of pieces.entries()) {
      const { data, error } = await client.mutation(ImportChatsDocument, { input: { content } }).toPromise();
      if (!data) {
        const reason = fieldsOf(error).content ?? (error ? messageOf(error) : common("errors.noAnswerGiven"));
        return say({ busy: false, problem: reason });
      }
      const { imported, skipped } = data.importChats;
      const placed = skipped.map((each) => ({ index: from + each.index, reason: each.reason }));
      say({
        imported: now.imported + imported,
        skipped: [...now.skipped, ...placed],
        progress: (index + 1) / pieces.length,
      });
    }
    say({ busy: false });
  };

  return { state, start };
}
