"use client";

import { Inbox } from "lucide-react";
import Link from "next/link";

import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { PageSkeleton } from "@/components/page-skeleton";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { Unreachable } from "@/components/unreachable";
import type { ApprovalCardFragment } from "@/gql/later/graphql";
import { pathOf } from "@/lib/chat-path";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { t } from "@/messages/approvals";

import { useApprovals } from "./use-approvals";
import { WaitingCard } from "./waiting-card";

function Where({ approval }: { approval: ApprovalCardFragment }) {
  const { chat } = approval.run;
  return (
    <p className="flex min-w-0 items-baseline gap-2 text-xs text-muted-foreground">
      <Link
        href={pathOf(chat.id)}
        className="min-w-0 truncate underline-offset-4 hover:text-foreground hover:underline"
      >
        {chat.title || t("page.newChat")}
      </Link>
      <time dateTime={approval.requestedAt} title={formatDateTime(approval.requestedAt)} className="shrink-0">
        {formatRelative(approval.requestedAt)}
      </time>
    </p>
  );
}

const VARIANTS = {
  allowed: "default",
  answered: "default",
  declined: "secondary",
  undecided: "outline",
} as const;

function outcomeOf({ decision, question }: ApprovalCardFragment): keyof typeof VARIANTS {
  if (!decision) return "undecided";
  if (decision === "REJECT") return "declined";
  return question ? "answered" : "allowed";
}

function Decided({ approval }: { approval: ApprovalCardFragment }) {
  const outcome = outcomeOf(approval);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl border px-4 py-3">
      <span className="font-mono text-[0.8125rem] break-all">{approval.toolName}</span>
      <Badge variant={VARIANTS[outcome]}>{t(`outcomes.${outcome}`)}</Badge>
      <span className="ml-auto min-w-0">
        <Where approval={approval} />
      </span>
    </div>
  );
}

function Approvals({ pending }: { pending: boolean }) {
  const { list, problem, refresh, more } = useApprovals(pending);
  if (problem && !list?.approvals.length) return <Unreachable problem={problem} onRetry={refresh} />;
  if (!list) return <PageSkeleton />;
  if (list.approvals.length === 0) {
    const which = pending ? "waiting" : "decided";
    return (
      <EmptyState
        icon={Inbox}
        title={t(`nothing.${which}.title`)}
        text={t(`nothing.${which}.text`)}
        className="h-auto py-20"
      />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <FormProblem text={problem} />
      <ul className={pending ? "flex flex-col gap-6" : "flex flex-col gap-2"}>
        {list.approvals.map((approval) => (
          <li key={approval.id} className="flex flex-col gap-1.5">
            {pending ? (
              <>
                <Where approval={approval} />
                <WaitingCard approval={approval} onDecided={refresh} />
              </>
            ) : (
              <Decided approval={approval} />
            )}
          </li>
        ))}
      </ul>
      {more ? (
        <Button variant="outline" onClick={more} className="self-center">
          {t("page.more")}
        </Button>
      ) : null}
    </div>
  );
}

/** Everything in the viewer's chats that waits for their word, and what has been decided. */
export function ApprovalsPage() {
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-10">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{t("page.title")}</h1>
        <p className="mt-1 text-sm text-muted-foreground">{t("page.about")}</p>
      </div>
      <Tabs defaultValue="waiting">
        <TabsList aria-label={t("page.which")}>
          <TabsTrigger value="waiting">{t("page.waiting")}</TabsTrigger>
          <TabsTrigger value="decided">{t("page.decided")}</TabsTrigger>
        </TabsList>
        <TabsContent value="waiting">
          <Approvals pending />
        </TabsContent>
        <TabsContent value="decided">
          <Approvals pending={false} />
        </TabsContent>
      </Tabs>
    </div>
  );
}
