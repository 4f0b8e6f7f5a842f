"use client";

import { Download, WrapText } from "lucide-react";
import { memo, useRef, useState } from "react";

import { cn } from "@/lib/cn";
import { downloadText } from "@/lib/download";
import type { Line } from "@/lib/highlight/lines";
import { useHighlightedLines } from "@/lib/highlight/use-highlighted-lines";
import { t as common } from "@/messages/common";
import { t } from "@/messages/markdown";

import { CopyButton } from "./copy-button";
import { fileNameOf } from "./file-names";
import { useRest } from "./use-rest";

import "@/lib/highlight/highlight.css";

const GROUP = 40;

type GroupProps = { text: string; coloured: Line[]; wrapped: boolean; last: boolean };

function CodeLine({ pieces, end }: { pieces: Line; end: string }) {
  return (
    <span>
      {pieces.map((piece, at) =>
        piece.kind ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
          <span key={at} className={`tok-${piece.kind}`}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
      {end}
    </span>
  );
}

/** Forty lines at a time, so that a long growing block lays out and redraws only its end. */
const LineGroup = memo(
  function LineGroup({ text, coloured, wrapped, last }: GroupProps) {
    const group = useRef<HTMLSpanElement>(null);
    const rest = useRest(group, !last, wrapped);
    const lines = text.split("\n");
    return (
      <span ref={group} className={cn("block", rest)}>
        {lines.map((line, index) => {
          const end = last && index === lines.length - 1 ? "" : "\n";
          const pieces = coloured[index];
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          return pieces ? <CodeLine key={index} pieces={pieces} end={end} /> : line + end;
        })}
      </span>
    );
  },
  (before, after) =>
    before.text === after.text &&
    before.last === after.last &&
    before.coloured.length === after.coloured.length &&
    before.coloured[0] === after.coloured[0],
);

type ToolsProps = { code: string; language: string; wrapped: boolean; onWrap: () => void };
type Props = { code: string; info: string | undefined; closed: boolean };

const toolClasses =
  "inline-flex size-8 items-center justify-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground aria-pressed:bg-accent aria-pressed:text-foreground pointer-coarse:size-10";

function Tools({ code, language, wrapped, onWrap }: ToolsProps) {
  const download = () => downloadText(fileNameOf(language), "text/plain", `${code}\n`);
  return (
    <span className="flex shrink-0 items-center">
      <button
        type="button"
        aria-label={t("code.wrap")}
        title={t("code.wrap")}
        aria-pressed={wrapped}
        onClick={onWrap}
        className={toolClasses}
      >
        <WrapText aria-hidden className="size-4" />
      </button>
      <button
        type="button"
        aria-label={t("code.download")}
        title={common("download")}
        onClick={download}
        className={toolClasses}
      >
        <Download aria-hidden className="size-4" />
      </button>
      <CopyButton text={code} label={t("code.copy")} showLabel />
    </span>
  );
}

/** Code with what can be done with it. `closed` says that no more of it is to come. */
export function CodeBlock({ code, info, closed }: Props) {
  const [wrapped, wrap] = useState(false);
  const coloured = useHighlightedLines(code, info, closed);
  const lines = code.split("\n");
  const groups = Array.from({ length: Math.ceil(lines.length / GROUP) }, (_, index) => index * GROUP);
  const language = info?.trim().split(/\s/, 1)[0] || "text";
  return (
    <figure aria-label={t("code.label", { language })} className="overflow-clip rounded-xl border bg-card">
      <figcaption className="sticky top-0 z-[1] flex h-10 items-center justify-between border-b bg-card pr-1 pl-4 text-xs text-muted-foreground">
        <span className="truncate font-mono">{language}</span>
        <Tools code={code} language={language} wrapped={wrapped} onWrap={() => wrap(!wrapped)} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className={cn(
          "overflow-x-auto px-4 py-3 font-mono text-[0.8125rem] leading-6 focus-visible:outline-2 focus-visible:-outline-offset-2",
          wrapped && "break-words whitespace-pre-wrap",
        )}
      >
        <code className={cn("block", !wrapped && "w-max min-w-full")}>
          {groups.map((start) => (
            <LineGroup
              // Lines have other heights where they are wrapped.
              key={`${start} ${wrapped}`}
              text={lines.slice(start, start + GROUP).join("\n")}
              coloured={coloured.slice(start, start + GROUP)}
              wrapped={wrapped}
              last={start + GROUP >= lines.length}
            />
          ))}
        </code>
      </pre>
    </figure>
  );
}
