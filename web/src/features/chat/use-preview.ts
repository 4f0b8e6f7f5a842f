"use client";

import { useEffect, useState } from "react";
import { useClient } from "urql";

import { PreviewSelectionDocument, type PreviewSelectionQuery } from "@/gql/later/graphql";
import { useWishes, wishesInput } from "@/lib/selection";

import { reasonOf } from "./reason";

const PAUSE_MS = 350;
const SHORTEST = 3;
/** A longer text is a paste: it is chosen for when it is sent, not while it is typed. */
const LONGEST = 20_000;

export type Preview = {
  selection: PreviewSelectionQuery["selectModel"] | null;
  /** Why nobody could answer. */
  problem: string | null;
};

/** Who would answer what is being typed; asked for in its pauses, and kept while the next one is on its way. */
export function usePreview(text: string, chatId: string | null): Preview | null {
  const client = useClient();
  const wishes = useWishes();
  const [preview, setPreview] = useState<Preview | null>(null);
  const prompt = text.trim();
  const askable = prompt.length >= SHORTEST && prompt.length <= LONGEST;

  useEffect(() => {
    if (!askable) return setPreview(null);
    let stale = false;
    const ask = async () => {
      const input = { prompt, chatId, ...wishesInput(wishes) };
      const asked = client.query(PreviewSelectionDocument, { input }, { requestPolicy: "network-only" });
      const { data, error } = await asked.toPromise();
      if (stale) return;
      const said = error && !error.networkError ? reasonOf(error) : null;
      setPreview(data || said ? { selection: data?.selectModel ?? null, problem: said } : null);
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, prompt, chatId, wishes, askable]);

  return preview;
}
