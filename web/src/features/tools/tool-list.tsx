"use client";

import { Suspense, useState } from "react";
import { Button } from "@/components/ui/button";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/tools";

import { ApprovalChoice } from "./approval-choice";
import type { ToolFacts } from "./approvals";

const TryToolDialog = lazy(() => import("./try-tool-dialog"));

/** Rows that are shown at first: some servers have hundreds of tools. */
const FIRST = 12;

function ToolRow({ tool }: { tool: ToolFacts }) {
  const trial = useOnDemand();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <h3 className="font-mono text-sm wrap-anywhere">{tool.name}</h3>
        <p className="mt-0.5 line-clamp-2 text-sm text-pretty text-muted-foreground">{tool.description}</p>
      </div>
      <div className="flex items-center gap-2">
        <ApprovalChoice tool={tool} />
        <Button
          variant="outline"
          size="sm"
          aria-label={t("list.tryOne", { name: tool.name })}
          aria-haspopup="dialog"
          onClick={() => trial.setOpen(true)}
        >
          {t("list.try")}
        </Button>
      </div>
      {trial.wanted ? (
        <Suspense>
          <TryToolDialog tool={tool} open={trial.open} onOpenChange={trial.setOpen} />
        </Suspense>
      ) : null}
    </li>
  );
}

export function ToolList({ label, tools }: { label: string; tools: ToolFacts[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? tools : tools.slice(0, FIRST);
  return (
    <>
      <ul aria-label={label} className="divide-y">
        {shown.map((tool) => (
          <ToolRow key={tool.id} tool={tool} />
        ))}
      </ul>
      {shown.length < tools.length ? (
        <Button variant="ghost" size="sm" className="my-2 -ml-3" onClick={() => setAll(true)}>
          {t("list.all", { count: String(tools.length) })}
        </Button>
      ) : null}
    </>
  );
}
