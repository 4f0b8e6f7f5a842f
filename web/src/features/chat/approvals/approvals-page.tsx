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
        {chat.title || "New chat"}
      </Link>
      <time dateTime={approval.requestedAt} title={formatDateTime(approval.requestedAt)} className="shrink-0">
        {formatRelative(approval.requestedAt)}
      </time>
    </p>
  );
}

const DECISIONS = {
  APPROVE: { words: "Allowed", variant: "default" },
  REJECT: { words: "Declined", variant: "secondary" },
} as const;
const ANSWERED = { words: "Answered", variant: "default" } as const;

function Decided({ approval }: { approval: ApprovalCardFragment }) {
  const { decision, question } = approval;
  const { words, variant } = decision
    ? question && decision === "APPROVE"
      ? ANSWERED
      : DECISIONS[decision]
    : ({ words: "Not decided", variant: "outline" } as const);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl border px-4 py-3">
      <span className="font-mono text-[0.8125rem] break-all">{approval.toolName}</span>
      <Badge variant={variant}>{words}</Badge>
      <span className="ml-auto min-w-0">
        <Where approval={approval} />
      </span>
    </div>
  );
}

const NOTHING = {
  true: {
    title: "Nothing waits for you",
    text: "Tools that ask before they run, or in the middle of it, show up here and in their chat.",
  },
  false: { title: "Nothing has been decided yet", text: "What you allow or decline is listed here." },
};

function Approvals({ pending }: { pending: boolean }) {
  const { list, problem, refresh, more } = useApprovals(pending);
  if (problem && !list?.approvals.length) return <Unreachable problem={problem} onRetry={refresh} />;
  if (!list) return <PageSkeleton />;
  if (list.approvals.length === 0)
    return <EmptyState icon={Inbox} {...NOTHING[`${pending}`]} className="h-auto py-20" />;
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
          Show more
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
        <h1 className="text-2xl font-semibold tracking-tight">Approvals</h1>
        <p className="mt-1 text-sm text-muted-foreground">
          Answers wait here for your word: before a tool runs, or when it asks you something.
        </p>
      </div>
      <Tabs defaultValue="waiting">
        <TabsList aria-label="Which approvals">
          <TabsTrigger value="waiting">Waiting</TabsTrigger>
          <TabsTrigger value="decided">Decided</TabsTrigger>
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
