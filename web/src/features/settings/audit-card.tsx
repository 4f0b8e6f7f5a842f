"use client";

import { ScrollText } from "lucide-react";
import { useState } from "react";

import { type Choice, ChoiceField } from "@/components/choice-field";
import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { MoreButton } from "@/components/more-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { AuditLogDocument, type AuditLogQuery } from "@/gql/later/graphql";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { usePages } from "@/lib/use-pages";

import { AUDIT_WORDS, type AuditEvent, whereOf, whoOf } from "./audit-words";

const ALL = "ALL";
const KINDS = Object.keys(AUDIT_WORDS) as (keyof typeof AUDIT_WORDS)[];
const CHOICES: Choice[] = [
  { value: ALL, name: "Everything" },
  ...KINDS.map((value) => ({ value, name: AUDIT_WORDS[value] })),
];

const read = (data: AuditLogQuery) => data.auditLog;

function EventRow({ event }: { event: AuditEvent }) {
  const where = whereOf(event);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-3 sm:flex-nowrap">
      <div className="min-w-0">
        <p className="text-sm wrap-anywhere">
          <span className="font-medium">{AUDIT_WORDS[event.kind]}</span>
          <span className="text-muted-foreground"> · {whoOf(event)}</span>
        </p>
        {where ? <p className="mt-0.5 text-sm wrap-anywhere text-muted-foreground">{where}</p> : null}
      </div>
      <time
        dateTime={event.createdAt}
        title={formatDateTime(event.createdAt)}
        className="shrink-0 text-sm text-muted-foreground"
      >
        {formatRelative(event.createdAt)}
      </time>
    </li>
  );
}

/** What happened to the safety of accounts: everybody's for an administrator, one's own for others. */
export function AuditCard({ admin }: { admin: boolean }) {
  const [kind, setKind] = useState(ALL);
  const kinds = KINDS.filter((each) => each === kind);
  const { nodes, state, problem, more } = usePages(
    AuditLogDocument,
    { filter: kinds.length > 0 ? { kinds } : null },
    read,
  );
  return (
    <Card>
      <CardHeader>
        <CardTitle>Audit log</CardTitle>
        <CardDescription>
          {admin
            ? "Who signed in, who tried to, and what changed about accounts and keys here."
            : "Who signed in as you, who tried to, and what changed about your account and keys."}
        </CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        <div className="sm:w-72">
          <ChoiceField label="What happened" choices={CHOICES} value={kind} onValueChange={setKind} />
        </div>
        <FormProblem text={problem} />
        {state === "loading" && nodes.length === 0 ? <Skeleton className="h-40 w-full" /> : null}
        {state === "ready" && nodes.length === 0 ? (
          <EmptyState
            icon={ScrollText}
            title="Nothing of this kind"
            text="It has not happened yet."
            className="py-8"
          />
        ) : null}
        {nodes.length > 0 ? (
          <ul aria-label="Events" className="divide-y">
            {nodes.map((event) => (
              <EventRow key={event.id} event={event} />
            ))}
          </ul>
        ) : null}
        <MoreButton onMore={more} />
      </CardContent>
    </Card>
  );
}
