"use client";

import { Telescope } from "lucide-react";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { AlternativesDocument, ChooseAlternativeDocument } from "@/gql/later/graphql";
import { toast } from "@/lib/toast";
import { t } from "@/messages/thinking";

import { useChat } from "../chat-context";
import { Fold } from "../fold";
import { reasonOf } from "../reason";
import { AlternativeCard } from "./alternative-card";

/** The approaches that an answer was chosen from, side by side; another one is taken with a click. */
export default function Alternatives({ runId }: { runId: string }) {
  const { store } = useChat();
  const [open, setOpen] = useState(false);
  const [{ data }] = useQuery({ query: AlternativesDocument, variables: { runId } });
  const [{ fetching }, choose] = useMutation(ChooseAlternativeDocument);
  const seen = data?.run?.alternatives ?? [];
  const chosen = seen.find((one) => one.chosen);
  if (!chosen) return null;

  const take = async (alternative: number) => {
    const { data: made, error } = await choose({ input: { runId, alternative } });
    if (made) void store.refresh();
    else toast.error(reasonOf(error));
  };
  return (
    <Fold
      icon={Telescope}
      label={t("approaches.compared", { count: seen.length, title: chosen.title })}
      open={open}
      onOpenChange={setOpen}
    >
      <ul aria-label={t("approaches.title")} className="grid gap-3">
        {seen.map((one) => (
          <AlternativeCard
            key={one.number}
            alternative={one}
            busy={fetching}
            onTake={() => void take(one.number)}
          />
        ))}
      </ul>
    </Fold>
  );
}
