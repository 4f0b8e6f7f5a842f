"use client";

import { Link2Off } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";

import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { Logo } from "@/components/logo";
import { PageSkeleton } from "@/components/page-skeleton";
import { Button } from "@/components/ui/button";
import { Unreachable } from "@/components/unreachable";
import { formatDate, formatDateTime } from "@/lib/dates";
import { Markdown } from "@/lib/markdown/markdown";
import { t as common } from "@/messages/common";
import { t } from "@/messages/shared";

import { type SharedMessage, useSharedChat } from "./use-shared-chat";

function Message({ message }: { message: SharedMessage }) {
  if (message.role === "USER")
    return (
      <article aria-label={t("question")} className="flex justify-end">
        <div className="max-w-[85%] rounded-2xl bg-secondary px-4 py-2.5 leading-7 break-words whitespace-pre-wrap text-secondary-foreground">
          {message.content}
        </div>
      </article>
    );
  return (
    // What is far from the screen is not laid out: a shared chat can have thousands of messages.
    <article
      aria-label={common("answer")}
      className="min-w-0 [contain-intrinsic-size:auto_24rem] [content-visibility:auto]"
    >
      <Markdown text={message.content} />
      {message.modelUsed ? <p className="mt-2 text-xs text-muted-foreground">{message.modelUsed}</p> : null}
    </article>
  );
}

function Chat({ token }: { token: string }) {
  const { chat, messages, missing, problem, retry, more } = useSharedChat(token);
  const title = chat ? chat.title || t("untitled") : null;
  useEffect(() => {
    if (title) document.title = `${title} · Parley`;
  }, [title]);
  if (missing)
    return <EmptyState role="alert" icon={Link2Off} title={t("nowhere.title")} text={t("nowhere.text")} />;
  if (problem && !chat) return <Unreachable problem={problem} onRetry={retry} />;
  if (!chat) return <PageSkeleton />;
  const date = formatDate(chat.createdAt);
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-6 px-4 py-8 sm:px-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
        <p className="mt-1 text-sm text-muted-foreground">
          {chat.expiresAt
            ? t("sharedUntil", { date, end: formatDateTime(chat.expiresAt) })
            : t("shared", { date })}
        </p>
      </div>
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what is shared does not change
        <Message key={index} message={message} />
      ))}
      <FormProblem text={problem} />
      {more ? (
        <Button variant="outline" className="self-center" onClick={more}>
          {common("showMore")}
        </Button>
      ) : null}
    </div>
  );
}

/** What a chat showed when it was shared, for everybody who has the link. */
export function SharedPage() {
  const token = useSearchParams().get("token") ?? "";
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-13 shrink-0 items-center border-b px-4">
        <Link href="/" className="flex min-h-11 items-center gap-2 rounded-lg font-semibold tracking-tight">
          <Logo className="size-6" />
          Parley
        </Link>
      </header>
      <main className="flex flex-1 flex-col">
        <Chat key={token} token={token} />
      </main>
    </div>
  );
}
