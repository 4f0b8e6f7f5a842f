"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useQuery } from "urql";

import { FormProblem } from "@/components/form-problem";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { SystemStatusDocument, type SystemStatusQuery } from "@/gql/later/graphql";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { bytes } from "@/lib/quantities";
import { t } from "@/messages/administration";

type Status = SystemStatusQuery["systemStatus"];

const EVERY_MS = 10_000;

/** The status, asked for again while somebody looks. */
function useStatus() {
  const [{ data, error }, run] = useQuery({ query: SystemStatusDocument, requestPolicy: "network-only" });
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && run({ requestPolicy: "network-only" });
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [run]);
  return { status: data?.systemStatus, problem: error ? messageOf(error) : null };
}

function Problems({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) {
    return (
      <p role="status" className="flex items-center gap-2 text-sm font-medium">
        <CircleCheck aria-hidden className="size-4 text-emerald-600 dark:text-emerald-400" />
        {t("system.works")}
      </p>
    );
  }
  return (
    <ul aria-label={t("system.problems")} className="flex flex-col gap-2">
      {problems.map((problem) => (
        <li
          key={problem}
          className="flex items-start gap-2 rounded-lg border border-destructive/30 bg-destructive/5 px-3 py-2 text-sm text-destructive"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {problem}
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{name}</dt>
      <dd className="mt-0.5 text-sm font-medium wrap-anywhere tabular-nums">{children}</dd>
    </div>
  );
}

function Facts({ status }: { status: Status }) {
  const { version, pythonVersion, startedAt, queue, database } = status;
  const since = queue.oldestWaitingAt;
  const waiting = String(queue.waiting);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3">
      <Fact name="Parley">{version}</Fact>
      <Fact name="Python">{pythonVersion}</Fact>
      <Fact name={t("system.since")}>
        <span title={formatDateTime(startedAt)}>{formatRelative(startedAt)}</span>
      </Fact>
      <Fact name="PostgreSQL">{database.version}</Fact>
      <Fact name={t("system.waiting")}>
        {since ? t("system.waitingSince", { count: waiting, ago: formatRelative(since) }) : waiting}
      </Fact>
      <Fact name={t("system.working")}>{queue.working}</Fact>
      <Fact name={t("system.database")}>{bytes(database.megabytes * 1e6)}</Fact>
      <Fact name={t("system.connections")}>
        {t("system.connectionsOf", {
          count: String(database.connections),
          most: String(database.maxConnections),
        })}
      </Fact>
      <Fact name={t("system.schema")}>{database.revision ?? t("system.noSchema")}</Fact>
    </dl>
  );
}

function Workers({ workers }: { workers: Status["workers"] }) {
  if (workers.length === 0) return null;
  return (
    <Table label={t("system.workers")}>
      <TableHeader>
        <TableRow>
          <TableHead className="pl-0">{t("system.worker")}</TableHead>
          <TableHead>{t("system.state")}</TableHead>
          <TableHead className="text-right">{t("system.runs")}</TableHead>
          <TableHead className="pr-0 text-right">{t("system.heard")}</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {workers.map(({ id, alive, jobs, lastHeartbeatAt }) => (
          <TableRow key={id}>
            <TableCell className="pl-0 tabular-nums">{id}</TableCell>
            <TableCell>
              <Badge variant={alive ? "default" : "destructive"}>
                {alive ? t("system.alive") : t("system.silent")}
              </Badge>
            </TableCell>
            <TableCell className="text-right tabular-nums">{jobs}</TableCell>
            <TableCell className="pr-0 text-right whitespace-nowrap">
              {formatRelative(lastHeartbeatAt)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** How the server stands, for administrators. */
export function SystemCard() {
  const { status, problem } = useStatus();
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("system.title")}</CardTitle>
        <CardDescription>{t("system.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-6">
        <FormProblem text={problem} />
        {status ? (
          <>
            <Problems problems={status.problems} />
            <Facts status={status} />
            <Workers workers={status.workers} />
          </>
        ) : problem ? null : (
          <Skeleton className="h-40 w-full" />
        )}
      </CardContent>
    </Card>
  );
}
