"use client";

import { Download, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";

import { FormProblem } from "@/components/form-problem";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/lib/cn";

import { useExportAll } from "./use-export-all";
import { type Import, useImport } from "./use-import";

/** Reasons that are shown of many. */
const SHOWN = 20;

const chats = (count: number) => (count === 1 ? "One chat" : `${count} chats`);

function Outcome({ state }: { state: Import }) {
  const { fileName, busy, progress, imported, skipped, problem } = state;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p role="status">
        {busy ? `Reading ${fileName}…` : `${chats(imported)} imported from ${fileName}.`}
        {skipped.length > 0 ? ` ${chats(skipped.length)} left out.` : ""}
      </p>
      {busy ? (
        <progress aria-label="Import" value={progress} className="h-1.5 w-full accent-primary" />
      ) : null}
      <FormProblem text={problem} />
      {skipped.length > 0 ? (
        <ul aria-label="Left out" className="space-y-1 text-xs text-muted-foreground">
          {skipped.slice(0, SHOWN).map(({ index, reason }) => (
            <li key={index}>
              Chat {index + 1}: {reason}
            </li>
          ))}
          {skipped.length > SHOWN ? <li>… and {skipped.length - SHOWN} more</li> : null}
        </ul>
      ) : null}
    </div>
  );
}

function ImportCard() {
  const { state, start } = useImport();
  const [over, setOver] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (file && !state?.busy) void start(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Card>
      <CardHeader>
        <CardTitle>Import</CardTitle>
        <CardDescription>
          Chats of ChatGPT (conversations.json), Open WebUI, LibreChat or another Parley, with their branches,
          times and models. What was imported before is left out.
        </CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first */}
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={cn(
            "flex flex-col items-center gap-3 rounded-xl border border-dashed p-8 text-center text-sm text-muted-foreground",
            over && "border-primary bg-primary/5",
          )}
        >
          <Upload aria-hidden className="size-6" />
          Drop a file here
          <input
            ref={field}
            type="file"
            accept=".json,application/json"
            aria-label="File to import"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              take(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <Button variant="outline" disabled={state?.busy} onClick={() => field.current?.click()}>
            Choose a file
          </Button>
        </div>
        {state ? <Outcome state={state} /> : null}
      </CardContent>
    </Card>
  );
}

function ExportCard() {
  const { done, start } = useExportAll();
  return (
    <Card>
      <CardHeader>
        <CardTitle>Export</CardTitle>
        <CardDescription>
          All your chats as one JSON file, with every branch; files are not in it. A single chat is exported
          from its menu, also as Markdown.
        </CardDescription>
      </CardHeader>
      <CardContent className="flex items-center gap-3">
        <Button variant="outline" disabled={done !== null} onClick={() => void start()}>
          <Download aria-hidden />
          Export all chats
        </Button>
        <span role="status" className="text-sm text-muted-foreground tabular-nums">
          {done?.of ? `${done.chats} of ${done.of}` : ""}
        </span>
      </CardContent>
    </Card>
  );
}

/** Chats in from a file, and out into one. */
export function TransferTab() {
  return (
    <div className="flex flex-col gap-6">
      <ImportCard />
      <ExportCard />
    </div>
  );
}
