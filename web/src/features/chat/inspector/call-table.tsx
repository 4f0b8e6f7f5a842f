import { duration, money, tokens } from "@/lib/quantities";
import { t } from "@/messages/inspector";

import type { InspectedRun } from "./timeline";

const HEADS = ["sent", "received", "firstToken", "took", "cost"] as const;

/** The ledger's lines of a run: one a call, the failed ones included. */
export function CallTable({ calls }: { calls: InspectedRun["calls"] }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t("figures.calls")}
      className="overflow-x-auto"
    >
      <table className="w-full text-xs tabular-nums">
        <thead>
          <tr className="text-muted-foreground">
            <th scope="col" className="py-1.5 text-left font-normal">
              {t("figures.model")}
            </th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="py-1.5 pl-3 text-right font-normal whitespace-nowrap">
                {t(`figures.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.startedAt + call.modelName} className="border-t">
              <th scope="row" className="py-1.5 text-left font-normal">
                {call.modelName}
                {call.outcome === "SUCCEEDED" ? null : (
                  <span className="block text-destructive">{call.errorCode ?? t("figures.stopped")}</span>
                )}
              </th>
              <td className="py-1.5 pl-3 text-right">{`${call.estimated ? "~" : ""}${tokens(call.inputTokens)}`}</td>
              <td className="py-1.5 pl-3 text-right">{`${call.estimated ? "~" : ""}${tokens(call.outputTokens)}`}</td>
              <td className="py-1.5 pl-3 text-right whitespace-nowrap">
                {call.ttftMs == null ? "–" : duration(call.ttftMs)}
              </td>
              <td className="py-1.5 pl-3 text-right whitespace-nowrap">{duration(call.durationMs)}</td>
              <td className="py-1.5 pl-3 text-right whitespace-nowrap">
                {money(call.costUsd) ?? t("figures.free")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
