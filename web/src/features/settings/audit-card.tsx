"use client";

import { ScrollText } from "lucide-react";
import { useState } from "react";

import { ChoiceField } from "@/components/choice-field";
import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { MoreButton } from "@/components/more-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { AuditLogDocument, type AuditLogQuery } from "@/gql/later/graphql";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/administration";

import { type AuditEvent, KINDS, kindName, whereOf, whoOf } from "./audit-words";

const ALL = "ALL";

const read = (data: AuditLogQuery) => data.auditLog;

function EventRow({ event }: { event: AuditEvent }) {
  const where = whereOf(event);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-3 sm:flex-nowrap">
      <div className="min-w-0">
        <p className="text-sm wrap-anywhere">
          <span className="font-medium">{kindName(event.kind)}</span>
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
  const choices = [
    { value: ALL, name: t("audit.all") },
    ...KINDS.map((value) => ({ value, name: kindName(value) })),
  ];
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("audit.title")}</CardTitle>
        <CardDescription>{admin ? t("audit.aboutAll") : t("audit.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        <div className="sm:w-72">
          <ChoiceField label={t("audit.kind")} choices={choices} value={kind} onValueChange={setKind} />
        </div>
        <FormProblem text={problem} />
        {state === "loading" && nodes.length === 0 ? <Skeleton className="h-40 w-full" /> : null}
        {state === "ready" && nodes.length === 0 ? (
          <EmptyState
            icon={ScrollText}
            title={t("audit.empty")}
            text={t("audit.emptyAbout")}
            className="py-8"
          />
        ) : null}
        {nodes.length > 0 ? (
          <ul aria-label={t("audit.list")} className="divide-y">
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
