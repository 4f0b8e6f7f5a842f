"use client";

import { useEffect, useRef, useState } from "react";

import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { t } from "@/messages/approvals";

const LONGEST = 2_000;

type Props = { busy: boolean; onBack: () => void; onDecline: (words: string) => void };

/** No, and — if one likes — why; the model goes on with these words. */
export function DeclineForm({ busy, onBack, onDecline }: Props) {
  const [words, setWords] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="mt-4 flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onDecline(words.trim());
      }}
    >
      <Input
        ref={field}
        value={words}
        maxLength={LONGEST}
        aria-label={t("declining.why")}
        placeholder={t("declining.hint")}
        onChange={(event) => setWords(event.target.value)}
        className="min-w-0 flex-1 basis-56"
      />
      <Button type="submit" size="sm" variant="destructive" disabled={busy}>
        {t("declining.decline")}
      </Button>
      <Button type="button" size="sm" variant="ghost" disabled={busy} onClick={onBack}>
        {t("declining.back")}
      </Button>
    </form>
  );
}
