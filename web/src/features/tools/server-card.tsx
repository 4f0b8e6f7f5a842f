"use client";

import { CircleAlert, Pencil, RefreshCw } from "lucide-react";
import { Suspense } from "react";
import { useMutation } from "urql";
import { ConfirmButton } from "@/components/confirm-button";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Spinner } from "@/components/ui/spinner";
import { readFragment } from "@/gql/later";
import {
  type McpStatus,
  RefreshMcpServerDocument,
  RemoveMcpServerDocument,
  ServerFactsFragmentDoc,
} from "@/gql/later/graphql";
import { cn } from "@/lib/cn";
import { formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { lazy } from "@/lib/lazy";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/tools";

import type { ServerFacts, ToolFacts } from "./approvals";
import { SignInButton } from "./sign-in-button";
import { ToolList } from "./tool-list";

const ServerDialog = lazy(() => import("./server-dialog"));

const TONES: Record<McpStatus, string> = {
  CONNECTED: "bg-emerald-500",
  DISCONNECTED: "bg-muted-foreground/50",
  FAILED: "bg-red-500",
};

function Actions({ server, admin }: { server: ServerFacts; admin: boolean }) {
  const { id, name } = server;
  const [{ fetching }, refresh] = useMutation(RefreshMcpServerDocument);
  const [, remove] = useMutation(RemoveMcpServerDocument);
  const edit = useOnDemand();

  const ask = async () => {
    const { data, error } = await refresh({ id });
    if (error) return toast.error(messageOf(error));
    const now = data && readFragment(ServerFactsFragmentDoc, data.refreshMcpServer.mcpServer);
    if (now && !now.lastError) toast.success(t("server.refreshed", { name, count: now.tools.length }));
  };
  const end = async () => {
    const { error } = await remove({ id });
    if (error) toast.error(messageOf(error));
    else toast.success(t("server.removed", { name }));
  };

  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        variant="outline"
        size="sm"
        aria-label={t("server.refreshOne", { name })}
        disabled={fetching}
        onClick={() => void ask()}
      >
        {fetching ? <Spinner /> : <RefreshCw aria-hidden />}
        {t("server.refresh")}
      </Button>
      {server.editable ? (
        <>
          <SignInButton server={server} />
          <Button
            variant="outline"
            size="sm"
            aria-label={t("server.editOne", { name })}
            aria-haspopup="dialog"
            onClick={() => edit.setOpen(true)}
          >
            <Pencil aria-hidden />
            {t("server.edit")}
          </Button>
          <ConfirmButton
            verb={t("server.remove")}
            label={t("server.removeOne", { name })}
            title={t("server.removeTitle", { name })}
            text={t("server.removeAbout")}
            onConfirm={() => void end()}
          />
        </>
      ) : null}
      {edit.wanted ? (
        <Suspense>
          <ServerDialog server={server} admin={admin} open={edit.open} onOpenChange={edit.setOpen} />
        </Suspense>
      ) : null}
    </div>
  );
}

function placeOf({ transport, url, command, args }: ServerFacts): string {
  if (url) return url;
  if (command) return [command, ...(args ?? [])].join(" ");
  return transport === "STDIO" ? t("server.program") : t("server.address");
}

function State({ server }: { server: ServerFacts }) {
  const { status, connectedAt } = server;
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      <span aria-hidden className={cn("size-2 shrink-0 rounded-full", TONES[status])} />
      {connectedAt && status === "CONNECTED"
        ? t("server.reached", { ago: formatRelative(connectedAt) })
        : t(`server.states.${status}`)}
      <span>· {t("server.tools", { count: server.tools.length })}</span>
    </span>
  );
}

type Props = { server: ServerFacts; tools: ToolFacts[]; admin: boolean };

export function ServerCard({ server, tools, admin }: Props) {
  return (
    <Card role="region" aria-label={server.name}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 border-b px-5 py-4 sm:px-6">
        <CardHeader className="min-w-0 p-0 sm:p-0">
          <CardTitle className="flex flex-wrap items-center gap-2">
            {server.name}
            {server.shared ? <Badge variant="secondary">{t("server.shared")}</Badge> : null}
            {server.trusted ? <Badge variant="secondary">{t("server.trusted")}</Badge> : null}
          </CardTitle>
          <CardDescription className="wrap-anywhere">{placeOf(server)}</CardDescription>
          <CardDescription>
            <State server={server} />
          </CardDescription>
        </CardHeader>
        <Actions server={server} admin={admin} />
      </div>
      {server.lastError ? (
        <p className="flex items-start gap-2 border-b bg-destructive/5 px-5 py-2.5 text-sm text-destructive sm:px-6">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{server.lastError.message}</span>
        </p>
      ) : null}
      <CardContent className="py-0 sm:py-0">
        {tools.length > 0 ? (
          <ToolList label={t("server.toolsOf", { name: server.name })} tools={tools} />
        ) : (
          <p className="py-4 text-sm text-muted-foreground">{t("server.noTools")}</p>
        )}
      </CardContent>
    </Card>
  );
}
