import type { WeighedFragment } from "@/gql/later/graphql";
import { perLanguage } from "@/lib/language";
import { duration, money } from "@/lib/quantities";
import { t } from "@/messages/runs";

export type Candidate = WeighedFragment["candidates"][number];

const hundredths = perLanguage((language) => new Intl.NumberFormat(language, { minimumFractionDigits: 2 }));

const grade = (value: number) => hundredths().format(Number(value.toFixed(2)));

/** Who could have answered, the best first, and who could not. */
export function divided(candidates: readonly Candidate[]): { able: Candidate[]; out: Candidate[] } {
  return {
    able: candidates
      .filter(({ excludedBecause }) => !excludedBecause)
      .sort((a, b) => (b.score ?? 0) - (a.score ?? 0)),
    out: candidates.filter(({ excludedBecause }) => excludedBecause),
  };
}

/** The best of those that were not chosen; null when there is nobody else. */
export function runnerUp(candidates: readonly Candidate[], chosen: string): Candidate | null {
  return divided(candidates).able.find(({ model }) => model.id !== chosen) ?? null;
}

/** A candidate's figures as a row of a table, in the order score, quality, cost, first token. */
export function figuresOfCandidate(candidate: Candidate): string[] {
  const { score, expectedQuality, expectedCostUsd, expectedTtftMs } = candidate;
  return [
    score == null ? "–" : grade(score),
    expectedQuality == null ? "–" : grade(expectedQuality),
    expectedCostUsd == null ? "–" : (money(expectedCostUsd) ?? t("weighed.free")),
    expectedTtftMs == null ? "–" : duration(expectedTtftMs),
  ];
}
