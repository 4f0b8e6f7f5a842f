"use client";

import { useEffect, useState } from "react";
import { useClient } from "urql";

import { PaletteFoundDocument, type PaletteFoundQuery } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/common";

const PAUSE_MS = 120;
/** A search takes this many characters. */
export const LONGEST_TEXT = 200;

export type FoundChat = PaletteFoundQuery["chats"]["edges"][number]["node"];
export type FoundMessage = PaletteFoundQuery["search"]["edges"][number]["node"];
export type Found = { text: string; chats: FoundChat[]; messages: FoundMessage[] };
export type Finding = { found: Found | null; searching: boolean; problem: string | null };

/** Chats and messages for what is typed, asked for in its pauses; what was found stays until there is more. */
export function useFound(text: string): Finding {
  const client = useClient();
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState<{ text: string; problem: string } | null>(null);
  useEffect(() => {
    let stale = false;
    const ask = async () => {
      const { data, error } = await client
        .query(PaletteFoundDocument, { text }, { requestPolicy: "network-only" })
        .toPromise();
      if (stale) return;
      if (!data) return setFailure({ text, problem: error ? messageOf(error) : t("errors.noAnswerGiven") });
      setFailure(null);
      const nodes = <Node>(edges: readonly { node: Node }[]) => edges.map(({ node }) => node);
      setFound({ text, chats: nodes(data.chats.edges), messages: nodes(data.search.edges) });
    };
    const timer = setTimeout(() => void ask(), text ? PAUSE_MS : 0);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, text]);
  const problem = failure?.text === text ? failure.problem : null;
  return { found, searching: !problem && found?.text !== text, problem };
}
