"use client";

import { ShieldQuestion } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";

import { Badge } from "@/components/ui/badge";
import type { ApprovalCardFragment } from "@/gql/later/graphql";
import { useFocusBack } from "@/lib/use-focus-back";
import { t } from "@/messages/approvals";

import { ApprovalActions } from "./approval-actions";
import { ArgumentsField, ArgumentsShown } from "./approval-arguments";
import { argumentsIn, written } from "./arguments";
import { DeclineForm } from "./decline-form";
import { Expiry } from "./expiry";
import { useDecide } from "./use-decide";

type Props = { approval: ApprovalCardFragment; onDecided: () => void };

/** A tool call that waits for a person: what would be called, with what, and what can be said to it. */
export function ApprovalCard({ approval, onDecided }: Props) {
  const { id, toolName, serverName, reason, expiresAt } = approval;
  const [edited, setEdited] = useState<string | null>(null);
  const [declining, setDeclining] = useState(false);
  const pencil = useFocusBack(edited !== null);
  const no = useFocusBack(declining);
  const { busy, decide } = useDecide(id, onDecided);
  const titleId = useId();
  const given = edited === null ? null : argumentsIn(edited);

  const allow = (remember: "CALL" | "RUN" | "CHAT" | "ALWAYS") => {
    if (busy || given?.problem) return;
    void decide({ decision: "APPROVE", remember, arguments: given?.value });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      if (!declining) allow("CALL");
    } else if (event.key === "Escape" && (declining || edited !== null)) {
      // Elsewhere this key stops the answer.
      event.preventDefault();
      event.stopPropagation();
      setDeclining(false);
      setEdited(null);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out freely
    <div
      role="group"
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      className="rounded-xl border border-primary/40 bg-primary/[0.03] p-4 text-sm"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <ShieldQuestion aria-hidden className="size-4 shrink-0 text-primary" />
        <p id={titleId} className="font-medium">
          {t.rich("call.title", {
            name: toolName,
            tool: (chunks) => <span className="font-mono text-[0.8125rem] break-all">{chunks}</span>,
          })}
        </p>
        {serverName ? <Badge variant="secondary">{serverName}</Badge> : null}
        <span className="ml-auto">{expiresAt ? <Expiry at={expiresAt} /> : null}</span>
      </div>
      {reason ? <p className="mt-2 leading-6 text-muted-foreground">{reason}</p> : null}
      <div className="mt-3">
        {edited === null ? (
          <ArgumentsShown
            value={approval.arguments}
            pencil={pencil}
            onEdit={() => setEdited(written(approval.arguments))}
          />
        ) : (
          <ArgumentsField
            text={edited}
            problem={given?.problem ?? null}
            onChange={setEdited}
            onReset={() => setEdited(null)}
          />
        )}
      </div>
      {declining ? (
        <DeclineForm
          busy={busy}
          onBack={() => setDeclining(false)}
          onDecline={(message) => void decide({ decision: "REJECT", message: message || null })}
        />
      ) : (
        <ApprovalActions
          busy={busy}
          blocked={Boolean(given?.problem)}
          edited={edited !== null}
          no={no}
          onAllow={allow}
          onDecline={() => setDeclining(true)}
        />
      )}
    </div>
  );
}
