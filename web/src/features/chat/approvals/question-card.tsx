"use client";

import { ExternalLink, MessageCircleQuestion, X } from "lucide-react";
import { useId } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { ApprovalCardFragment } from "@/gql/later/graphql";
import { t } from "@/messages/approvals";

import { Expiry } from "./expiry";
import { QuestionForm } from "./question-form";
import { useDecide } from "./use-decide";

type PageProps = { url: string; busy: boolean; onOpen: () => void; onDecline: () => void };

/** A page that a tool wants to be visited: nobody goes there without having seen where that is. */
function PageToVisit({ url, busy, onOpen, onDecline }: PageProps) {
  return (
    <div className="mt-3 flex flex-col gap-3">
      <p className="rounded-md bg-muted p-2 font-mono text-xs leading-5 break-all">{url}</p>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" asChild aria-disabled={busy}>
          <a href={url} target="_blank" rel="noopener noreferrer" onClick={onOpen}>
            <ExternalLink aria-hidden />
            {t("question.open")}
          </a>
        </Button>
        <Button size="sm" variant="outline" disabled={busy} onClick={onDecline}>
          <X aria-hidden />
          {t("question.decline")}
        </Button>
      </div>
    </div>
  );
}

type Props = { approval: ApprovalCardFragment; onDecided: () => void };

/** A tool at work that asks the person something, and waits. */
export function QuestionCard({ approval, onDecided }: Props) {
  const { id, toolName, serverName, reason, question, expiresAt } = approval;
  const { busy, decide } = useDecide(id, onDecided);
  const titleId = useId();
  const decline = () => void decide({ decision: "REJECT" });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out freely
    <div
      role="group"
      aria-labelledby={titleId}
      className="rounded-xl border border-primary/40 bg-primary/[0.03] p-4 text-sm"
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <MessageCircleQuestion aria-hidden className="size-4 shrink-0 text-primary" />
        <p id={titleId} className="font-medium">
          {t.rich("question.title", {
            name: toolName,
            tool: (chunks) => <span className="font-mono text-[0.8125rem] break-all">{chunks}</span>,
          })}
        </p>
        {serverName ? <Badge variant="secondary">{serverName}</Badge> : null}
        <span className="ml-auto">{expiresAt ? <Expiry at={expiresAt} /> : null}</span>
      </div>
      {reason ? <p className="mt-2 leading-6 wrap-anywhere whitespace-pre-line">{reason}</p> : null}
      {question?.url ? (
        <PageToVisit
          url={question.url}
          busy={busy}
          onOpen={() => void decide({ decision: "APPROVE" })}
          onDecline={decline}
        />
      ) : (
        <QuestionForm
          form={question?.form}
          server={serverName ?? toolName}
          busy={busy}
          onAnswer={(values) => decide({ decision: "APPROVE", arguments: values })}
          onDecline={decline}
        />
      )}
    </div>
  );
}
