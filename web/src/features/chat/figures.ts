type Figures = {
  startedAt?: string | null;
  finishedAt?: string | null;
  firstTokenMs?: number | null;
  usage: { outputTokens: number; costUsd: string };
};

const count = new Intl.NumberFormat("en");

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${(ms / 1_000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

function speed({ startedAt, finishedAt, firstTokenMs, usage }: Figures): string | null {
  if (!startedAt || !finishedAt || usage.outputTokens < 2) return null;
  const writing = Date.parse(finishedAt) - Date.parse(startedAt) - (firstTokenMs ?? 0);
  return writing > 0 ? `${count.format(Math.round((usage.outputTokens / writing) * 1_000))} tok/s` : null;
}

function cost(usd: string): string | null {
  const value = Number(usd);
  if (!(value > 0)) return null;
  return value < 0.0001 ? "<$0.0001" : `$${value.toFixed(value < 0.01 ? 4 : 2)}`;
}

/** The line under an answer: tokens, time to the first one, speed and cost, each only where it is known. */
export function figuresOf(run: Figures): string {
  const { outputTokens, costUsd } = run.usage;
  const parts = [
    outputTokens > 0 ? `${count.format(outputTokens)} ${outputTokens === 1 ? "token" : "tokens"}` : null,
    run.firstTokenMs != null ? `first token ${duration(run.firstTokenMs)}` : null,
    speed(run),
    cost(costUsd),
  ];
  return parts.filter(Boolean).join(" · ");
}
