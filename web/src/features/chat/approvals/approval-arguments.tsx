"use client";

import { Pencil, Undo2 } from "lucide-react";
import { type Ref, useEffect, useId, useRef } from "react";

import { Textarea } from "@/components/ui/textarea";
import { t } from "@/messages/approvals";

import { simpleArguments, written } from "./arguments";

const linkClasses =
  "inline-flex items-center gap-1 rounded-sm text-xs text-muted-foreground hover:text-foreground pointer-coarse:min-h-11";

type ShownProps = { value: unknown; pencil: Ref<HTMLButtonElement>; onEdit: () => void };

/** What a tool would be called with: a list where that is enough, else JSON. */
export function ArgumentsShown({ value, pencil, onEdit }: ShownProps) {
  const simple = simpleArguments(value);
  return (
    <div className="space-y-1.5">
      {simple?.length === 0 ? <p className="text-muted-foreground">{t("arguments.none")}</p> : null}
      {simple && simple.length > 0 ? (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
          {simple.map(([name, given]) => (
            <div key={name} className="contents">
              <dt className="font-mono text-xs leading-6 text-muted-foreground">{name}</dt>
              <dd className="max-h-40 overflow-y-auto leading-6 break-words whitespace-pre-wrap">{given}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {simple ? null : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-64 overflow-auto rounded-md bg-muted p-2 font-mono text-xs leading-5"
        >
          {written(value)}
        </pre>
      )}
      <button ref={pencil} type="button" onClick={onEdit} className={linkClasses}>
        <Pencil aria-hidden className="size-3" />
        {t("arguments.edit")}
      </button>
    </div>
  );
}

type FieldProps = {
  text: string;
  problem: string | null;
  onChange: (text: string) => void;
  onReset: () => void;
};

/** The arguments as JSON to write in. */
export function ArgumentsField({ text, problem, onChange, onReset }: FieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();
  useEffect(() => field.current?.focus(), []);
  return (
    <div className="space-y-1.5">
      <Textarea
        ref={field}
        value={text}
        spellCheck={false}
        aria-label={t("arguments.title")}
        aria-invalid={problem !== null}
        aria-describedby={problemId}
        onChange={(event) => onChange(event.target.value)}
        className="max-h-80 font-mono text-base leading-5 md:text-xs"
      />
      <p id={problemId} role="status" className="text-xs text-destructive empty:hidden">
        {problem}
      </p>
      <button type="button" onClick={onReset} className={linkClasses}>
        <Undo2 aria-hidden className="size-3" />
        {t("arguments.reset")}
      </button>
    </div>
  );
}
