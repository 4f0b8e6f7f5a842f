"use client";

import { ChevronDown, Wrench } from "lucide-react";
import { useId, useState } from "react";

import { cn } from "@/lib/cn";
import { duration } from "@/lib/quantities";
import type { ToolCallView } from "@/lib/runs/fold";

const STATUS: Record<string, string> = {
  PENDING: "waiting",
  IN_PROGRESS: "running…",
  COMPLETED: "done",
  FAILED: "failed",
  REJECTED: "not allowed",
};

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function Detail({ name, value }: { name: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <div>
      <div className="text-xs text-muted-foreground">{name}</div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 max-h-64 overflow-auto rounded-md bg-muted p-2 font-mono text-xs leading-5"
      >
        {shown(value)}
      </pre>
    </div>
  );
}

function ToolCallRow({ call }: { call: ToolCallView }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className="rounded-xl border">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-2 rounded-xl px-3 text-sm pointer-coarse:min-h-11"
      >
        <Wrench aria-hidden className="size-4 text-muted-foreground" />
        <span className="truncate font-mono text-[0.8125rem]">{call.name}</span>
        <span
          className={cn(
            "ml-auto text-xs",
            call.status === "FAILED" ? "text-destructive" : "text-muted-foreground",
          )}
        >
          {STATUS[call.status] ?? call.status}
          {call.durationMs === null ? "" : ` · ${duration(call.durationMs)}`}
        </span>
        <ChevronDown aria-hidden className={cn("size-4 text-muted-foreground", open && "rotate-180")} />
      </button>
      <div id={id} hidden={!open} className="space-y-3 border-t px-3 py-3">
        <Detail name="Arguments" value={call.arguments} />
        <Detail name={call.error ? "Error" : "Result"} value={call.error ?? call.output} />
      </div>
    </li>
  );
}

/** One row a tool call: name, state, duration; arguments and result inside. */
export function ToolCalls({ calls }: { calls: readonly ToolCallView[] }) {
  if (calls.length === 0) return null;
  return (
    <ul aria-label="Tools used" className="flex flex-col gap-2">
      {calls.map((call) => (
        <ToolCallRow key={call.id} call={call} />
      ))}
    </ul>
  );
}
