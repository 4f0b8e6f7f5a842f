"use client";

import type { ToolCallView } from "@parley/react";
import { ChevronDown, Wrench } from "lucide-react";
import { type ReactNode, Suspense, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { lazy } from "@/lib/lazy";
import { duration } from "@/lib/quantities";
import { t } from "@/messages/runs";

import { nested } from "./nested-calls";

const WholeOutput = lazy(() => import("./whole-output"));

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <div className="text-xs text-muted-foreground">{name}</div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-64 overflow-auto rounded-md bg-muted p-2 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
      >
        {children}
      </pre>
    </div>
  );
}

type CallProps = { call: ToolCallView; messageId: string; stored: boolean };

function Details({ call, messageId, stored }: CallProps) {
  const [whole, setWhole] = useState(false);
  const result = call.error ?? call.output;
  return (
    <>
      <Detail name={t("tools.arguments")}>{shown(call.arguments)}</Detail>
      {result === null || result === undefined ? null : (
        <Detail name={call.error ? t("tools.error") : t("tools.result")}>
          {whole ? (
            <Suspense fallback={shown(result)}>
              <WholeOutput messageId={messageId} callId={call.id} />
            </Suspense>
          ) : (
            shown(result)
          )}
        </Detail>
      )}
      {call.outputTruncated && stored && !whole ? (
        <Button size="sm" variant="outline" onClick={() => setWhole(true)}>
          {t("tools.showAll")}
        </Button>
      ) : null}
    </>
  );
}

function ToolCallRow({ depth, ...of }: CallProps & { depth: number }) {
  const { call } = of;
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className={cn("rounded-xl border", depth > 0 && "ml-4 sm:ml-6")}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-2 rounded-xl px-3 text-sm pointer-coarse:min-h-11"
      >
        <Wrench aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        <span className="truncate font-mono text-[0.8125rem]">{call.name}</span>
        <span
          className={cn(
            "ml-auto max-w-[60%] shrink-0 truncate text-xs",
            call.status === "FAILED" ? "text-destructive" : "text-muted-foreground",
          )}
        >
          {call.progress ?? t("tools.status", { status: call.status })}
          {call.durationMs === null ? "" : ` · ${duration(call.durationMs)}`}
        </span>
        <ChevronDown
          aria-hidden
          className={cn("size-4 shrink-0 text-muted-foreground", open && "rotate-180")}
        />
      </button>
      <div id={id} hidden={!open} className="space-y-3 border-t px-3 py-3">
        {open ? <Details {...of} /> : null}
      </div>
    </li>
  );
}

type Props = { calls: readonly ToolCallView[]; messageId: string; stored: boolean };

/** One row a tool call: name, state, duration; arguments and result inside. Those of an agent stand below its call. */
export function ToolCalls({ calls, ...of }: Props) {
  if (calls.length === 0) return null;
  return (
    <ul aria-label={t("tools.title")} className="flex flex-col gap-2">
      {nested(calls).map(({ call, depth }) => (
        <ToolCallRow key={call.id} call={call} depth={depth} {...of} />
      ))}
    </ul>
  );
}
