import { duration, money } from "@/lib/quantities";
import { t } from "@/messages/runs";

type Figures = {
  startedAt?: string | null;
  finishedAt?: string | null;
  firstTokenMs?: number | null;
  usage: { outputTokens: number; costUsd: string };
};

function speed({ startedAt, finishedAt, firstTokenMs, usage }: Figures): string | null {
  if (!startedAt || !finishedAt || usage.outputTokens < 2) return null;
  const writing = Date.parse(finishedAt) - Date.parse(startedAt) - (firstTokenMs ?? 0);
  const count = Math.round((usage.outputTokens / writing) * 1_000);
  return writing > 0 ? t("figures.speed", { count }) : null;
}

/** The line under an answer: tokens, time to the first one, speed and cost, each only where it is known. */
export function figuresOf(run: Figures): string {
  const { outputTokens, costUsd } = run.usage;
  const parts = [
    outputTokens > 0 ? t("figures.tokens", { count: outputTokens }) : null,
    run.firstTokenMs != null ? t("figures.firstToken", { time: duration(run.firstTokenMs) }) : null,
    speed(run),
    money(costUsd),
  ];
  return parts.filter(Boolean).join(" · ");
}
