"use client";

import { useState } from "react";
import { type CombinedError, useClient } from "urql";

import { AllChatIdsDocument, ExportWholeDocument } from "@/gql/later/graphql";
import { downloadText } from "@/lib/download";
import { codeOf, messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/library";

const FRESH = { requestPolicy: "network-only" } as const;
const PAGE = 200;

type Contents = { chats: string[]; oversized: number };

/** Saves what was found, and says what was not. */
function save({ chats, oversized }: Contents) {
  if (chats.length > 0) downloadText("parley-chats.json", "application/json", `[${chats.join(",\n")}]`);
  else if (oversized === 0) toast(t("export.nothing"));
  if (oversized > 0) toast.error(t("export.leftOut", { count: oversized }));
}

/** Takes every chat of the person out as one file that can be imported again. */
export function useExportAll() {
  const client = useClient();
  const [done, setDone] = useState<{ chats: number; of: number | null } | null>(null);

  const idsOf = async (archived: boolean, after: string | null = null): Promise<string[]> => {
    const variables = { first: PAGE, after, archived };
    const { data, error } = await client.query(AllChatIdsDocument, variables, FRESH).toPromise();
    if (!data) throw error;
    const { edges, pageInfo } = data.chats;
    const ids = edges.map(({ node }) => node.id);
    return pageInfo.hasNextPage && pageInfo.endCursor
      ? [...ids, ...(await idsOf(archived, pageInfo.endCursor))]
      : ids;
  };

  const contents = async (): Promise<Contents> => {
    const ids = [...(await idsOf(false)), ...(await idsOf(true))];
    const chats: string[] = [];
    let oversized = 0;
    for (const [index, id] of ids.entries()) {
      setDone({ chats: index, of: ids.length });
      const { data, error } = await client.query(ExportWholeDocument, { id }, FRESH).toPromise();
      if (data) chats.push(data.exportChat.content);
      else if (error && codeOf(error) === "CONFLICT") oversized += 1;
      // One that was deleted meanwhile is no reason to give up all others.
      else if (!error || codeOf(error) !== "NOT_FOUND") throw error;
    }
    return { chats, oversized };
  };

  const start = () => {
    setDone({ chats: 0, of: null });
    return contents()
      .then(save)
      .catch((error: CombinedError) => toast.error(messageOf(error)))
      .finally(() => setDone(null));
  };

  return { done, start };
}
