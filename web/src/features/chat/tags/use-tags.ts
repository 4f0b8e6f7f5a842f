"use client";

import { useEffect, useRef } from "react";
import { useQuery } from "urql";

import { ChatTagsDocument } from "@/gql/later/graphql";

/** The tags that there are, the most used first; asked for anew whenever `retagged` changes. */
export function useTags(retagged = 0): readonly string[] {
  const [{ data }, run] = useQuery({ query: ChatTagsDocument });
  const seen = useRef(retagged);
  useEffect(() => {
    if (retagged === seen.current) return;
    seen.current = retagged;
    run({ requestPolicy: "network-only" });
  }, [retagged, run]);
  return data?.chatTags.map(({ tag }) => tag) ?? [];
}
