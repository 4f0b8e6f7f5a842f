"use client";

import { Download, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";

import { FormProblem } from "@/components/form-problem";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/lib/cn";
import { t } from "@/messages/library";

import { useExportAll } from "./use-export-all";
import { type Import, useImport } from "./use-import";

/** Reasons that are shown of many. */
const SHOWN = 20;

function Outcome({ state }: { state: Import }) {
  const { fileName, busy, progress, imported, skipped, problem } = state;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p role="status">
        {busy
          ? t("import.reading", { file: fileName })
          : t("import.done", { count: imported, file: fileName })}
        {skipped.length > 0 ? ` ${t("import.leftOut", { count: skipped.length })}` : ""}
      </p>
      {busy ? (
        <progress aria-label={t("import.title")} value={progress} className="h-1.5 w-full accent-primary" />
      ) : null}
      <FormProblem text={problem} />
      {skipped.length > 0 ? (
        <ul aria-label={t("import.leftOutList")} className="space-y-1 text-xs text-muted-foreground">
          {skipped.slice(0, SHOWN).map(({ index, reason }) => (
            <li key={index}>{t("import.reason", { number: String(index + 1), reason })}</li>
          ))}
          {skipped.length > SHOWN ? (
            <li>{t("import.more", { count: String(skipped.length - SHOWN) })}</li>
          ) : null}
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
        <CardTitle>{t("import.title")}</CardTitle>
        <CardDescription>{t("import.about")}</CardDescription>
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
          {t("import.drop")}
          <input
            ref={field}
            type="file"
            accept=".json,application/json"
            aria-label={t("import.file")}
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              take(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <Button variant="outline" disabled={state?.busy} onClick={() => field.current?.click()}>
            {t("import.choose")}
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
        <CardTitle>{t("export.title")}</CardTitle>
        <CardDescription>{t("export.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex items-center gap-3">
        <Button variant="outline" disabled={done !== null} onClick={() => void start()}>
          <Download aria-hidden />
          {t("export.action")}
        </Button>
        <span role="status" className="text-sm text-muted-foreground tabular-nums">
          {done?.of ? t("export.progress", { done: String(done.chats), of: String(done.of) }) : ""}
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
