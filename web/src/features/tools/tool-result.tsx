import { CircleAlert, CircleCheck } from "lucide-react";

import type { CallToolMutation, ToolErrorCode } from "@/gql/later/graphql";
import { CopyButton } from "@/lib/markdown/copy-button";
import { duration } from "@/lib/quantities";

import { outputText } from "./arguments";

const FAILURES: Record<ToolErrorCode, string> = {
  DENIED: "Denied",
  INTERNAL: "Something is wrong with the tool",
  INVALID_ARGUMENTS: "These arguments do not fit",
  TIMED_OUT: "It took too long",
  TOOL_FAILED: "It failed",
};

/** Characters that are shown: a browser takes long to lay out millions. */
const SHOWN = 50_000;

/** The beginning of a long text, with a word on the rest. */
function beginning(text: string): string {
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN)}\n… and ${(text.length - SHOWN).toLocaleString("en")} more characters; a copy has all of them.`;
}

type Props = { result: CallToolMutation["callTool"] | null };

function Verdict({ result: { error, durationMs } }: { result: NonNullable<Props["result"]> }) {
  const Icon = error ? CircleAlert : CircleCheck;
  return (
    <p className={error ? "flex items-center gap-2 text-destructive" : "flex items-center gap-2"}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {error ? FAILURES[error.code] : "Done"} after {duration(durationMs)}
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
            <CopyButton text={text} label="Copy the result" />
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
