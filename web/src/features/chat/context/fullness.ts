import { percent, tokens } from "@/lib/quantities";
import { t } from "@/messages/context";

type Use = { usedTokens: number; windowTokens?: number | null };

/** From here on something is soon summarised or left out. */
const TIGHT = 0.8;

/** How much of the window is taken; null where nobody knows how long it is. */
export function fullness({ usedTokens, windowTokens }: Use) {
  const share = windowTokens ? usedTokens / windowTokens : null;
  const words =
    share === null
      ? t("gauge.about", { tokens: tokens(usedTokens) })
      : t("gauge.share", { share: percent(share), tokens: tokens(windowTokens ?? 0) });
  return { share, words, tight: share !== null && share >= TIGHT };
}
