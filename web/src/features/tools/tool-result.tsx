import { CircleAlert, CircleCheck } from "lucide-react";

import type { CallToolMutation } from "@/gql/later/graphql";
import { CopyButton } from "@/lib/markdown/copy-button";
import { duration } from "@/lib/quantities";
import { t } from "@/messages/tools";

import { outputText } from "./arguments";

/** Characters that are shown: a browser takes long to lay out millions. */
const SHOWN = 50_000;

/** The beginning of a long text, with a word on the rest. */
function beginning(text: string): string {
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN)}\n${t("trial.rest", { count: text.length - SHOWN })}`;
}

type Props = { result: CallToolMutation["callTool"] | null };

function Verdict({ result: { error, durationMs } }: { result: NonNullable<Props["result"]> }) {
  const Icon = error ? CircleAlert : CircleCheck;
  const time = duration(durationMs);
  return (
    <p className={error ? "flex items-center gap-2 text-destructive" : "flex items-center gap-2"}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {error ? t(`trial.failures.${error.code}`, { time }) : t("trial.done", { time })}
    </p>
  );
}

/** What came of a call; empty until there is something, so that screen readers hear it arrive. */
export function ToolResult({ result }: Props) {
  const text = result ? (result.error?.message ?? outputText(result.output)) : "";
  return (
    <div role="status" className="min-w-0 text-sm empty:hidden">
      {result ? (
        <div className="flex min-w-0 flex-col gap-2">
          <div className="flex items-center justify-between gap-4">
            <Verdict result={result} />
            <CopyButton text={text} label={t("trial.copy")} />
          </div>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
            tabIndex={0}
            className="max-h-72 overflow-auto rounded-lg bg-muted p-3 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
          >
            {beginning(text)}
          </pre>
        </div>
      ) : null}
    </div>
  );
}
