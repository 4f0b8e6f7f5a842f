"use client";

import Link from "next/link";
import { useId, useState } from "react";

import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { MoreButton } from "@/components/more-button";
import { Badge } from "@/components/ui/badge";
import { Sheet, SheetContent, SheetHeader } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import {
  LedgerOfModelsDocument,
  type LedgerOfModelsQuery,
  LedgerOfToolsDocument,
  type LedgerOfToolsQuery,
} from "@/gql/later/graphql";
import { pathOf } from "@/lib/chat-path";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/metrics";

import { type Asked, type Drill, failedOnly, type Line, lineOfModel, lineOfTool, modelFilter } from "./drill";

/** `usePages` lists nodes: here each is a line already. */
const readModels = ({ modelCalls }: LedgerOfModelsQuery) => ({
  ...modelCalls,
  edges: modelCalls.edges.map((edge) => ({ node: lineOfModel(edge) })),
});
const readTools = ({ toolCalls }: LedgerOfToolsQuery) => ({
  ...toolCalls,
  edges: toolCalls.edges.map((edge) => ({ node: lineOfTool(edge) })),
});

function CallRow({ line: { title, facts, failed, startedAt, run } }: { line: Line }) {
  const chat = run?.chat;
  return (
    <li className="flex items-start justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="font-medium wrap-anywhere">{title}</span>
          {failed ? <Badge variant="destructive">{t("calls.failed")}</Badge> : null}
        </p>
        <p className="mt-0.5 text-sm text-muted-foreground tabular-nums">{facts}</p>
        {chat ? (
          <Link
            href={pathOf(chat.id, run.message?.id)}
            className="mt-0.5 line-clamp-1 inline-block rounded-sm text-sm text-primary underline underline-offset-4"
          >
            {chat.title || t("calls.newChat")}
          </Link>
        ) : null}
      </div>
      <time
        dateTime={startedAt}
        title={formatDateTime(startedAt)}
        className="shrink-0 text-sm text-muted-foreground"
      >
        {formatRelative(startedAt)}
      </time>
    </li>
  );
}

type Lines = { nodes: readonly Line[]; state: string; problem: string | null; more: (() => void) | null };

function CallList({ lines: { nodes, state, problem, more } }: { lines: Lines }) {
  return (
    <>
      <FormProblem text={problem} />
      {state === "loading" && nodes.length === 0 ? <Skeleton className="h-40 w-full" /> : null}
      {state === "ready" && nodes.length === 0 ? (
        <EmptyState title={t("calls.none")} text={t("calls.noneText")} className="py-10" />
      ) : null}
      {nodes.length > 0 ? (
        <ul aria-label={t("calls.label")} className="divide-y">
          {nodes.map((line) => (
            <CallRow key={line.key} line={line} />
          ))}
        </ul>
      ) : null}
      <MoreButton onMore={more} />
    </>
  );
}

type ListProps<Kind> = { drill: Drill & { of: Kind }; asked: Asked; failed: boolean };

function ModelCalls({ drill, asked, failed }: ListProps<"models">) {
  const variables = { ...asked, filter: modelFilter(drill, failed) };
  return <CallList lines={usePages(LedgerOfModelsDocument, variables, readModels)} />;
}

function ToolCalls({ drill, asked, failed }: ListProps<"tools">) {
  const variables = { ...asked, filter: { toolId: drill.toolId, ...failedOnly(failed) } };
  return <CallList lines={usePages(LedgerOfToolsDocument, variables, readTools)} />;
}

type Props = {
  drill: Drill;
  asked: Asked;
  failed: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** The calls behind a figure; one's own lead to the chat in which they were made. */
export default function CallsSheet({ drill, asked, failed, open, onOpenChange }: Props) {
  const [failures, setFailures] = useState(failed);
  const id = useId();
  return (
    <Sheet open={open} onOpenChange={onOpenChange}>
      <SheetContent side="right" className="w-lg max-w-[100vw] bg-background">
        <SheetHeader title={drill.name} text={t("calls.about")} />
        <div className="flex items-center gap-3 border-b px-5 py-3">
          <Switch id={id} checked={failures} onCheckedChange={setFailures} />
          <label htmlFor={id} className="text-sm">
            {t("calls.onlyFailed")}
          </label>
        </div>
        <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-5 py-2">
          {drill.of === "models" ? (
            <ModelCalls drill={drill} asked={asked} failed={failures} />
          ) : (
            <ToolCalls drill={drill} asked={asked} failed={failures} />
          )}
        </div>
      </SheetContent>
    </Sheet>
  );
}
