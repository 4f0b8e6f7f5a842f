import { duration, money } from "@/lib/quantities";

type Figures = {
  startedAt?: string | null;
  finishedAt?: string | null;
  firstTokenMs?: number | null;
  usage: { outputTokens: number; costUsd: string };
};

const count = new Intl.NumberFormat("en");

function speed({ startedAt, finishedAt, firstTokenMs, usage }: Figures): string | null {
  if (!startedAt || !finishedAt || usage.outputTokens < 2) return null;
  const writing = Date.parse(finishedAt) - Date.parse(startedAt) - (firstTokenMs ?? 0);
  return writing > 0 ? `${count.format(Math.round((usage.outputTokens / writing) * 1_000))} tok/s` : null;
}

/** The line under an answer: tokens, time to the first one, speed and cost, each only where it is known. */
export function figuresOf(run: Figures): string {
  const { outputTokens, costUsd } = run.usage;
  const parts = [
    outputTokens > 0 ? `${count.format(outputTokens)} ${outputTokens === 1 ? "token" : "tokens"}` : null,
    run.firstTokenMs != null ? `first token ${duration(run.firstTokenMs)}` : null,
    speed(run),
    money(costUsd),
  ];
  return parts.filter(Boolean).join(" · ");
}
