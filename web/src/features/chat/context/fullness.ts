import { percent, tokens } from "@/lib/quantities";

type Use = { usedTokens: number; windowTokens?: number | null };

/** From here on something is soon summarised or left out. */
const TIGHT = 0.8;

/** How much of the window is taken; null where nobody knows how long it is. */
export function fullness({ usedTokens, windowTokens }: Use) {
  const share = windowTokens ? usedTokens / windowTokens : null;
  const words =
    share === null
      ? `about ${tokens(usedTokens)} tokens`
      : `${percent(share)} of ${tokens(windowTokens ?? 0)} tokens`;
  return { share, words, tight: share !== null && share >= TIGHT };
}
